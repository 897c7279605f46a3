"""A chart as a Bokeh figure. Colours of text and grid are the page's: its script sets them, light or dark."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.models.annotations import BoxAnnotation, Span
from bokeh.models.formatters import BasicTickFormatter, NumeralTickFormatter
from bokeh.models.ranges import Range1d
from bokeh.models.sources import ColumnDataSource
from bokeh.models.tools import BoxZoomTool, CrosshairTool, PanTool, ResetTool, WheelZoomTool
from bokeh.plotting import figure

from ganzoo.report.page.downsample import extremes
from ganzoo.report.series import smoothed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganzoo.report.page.charts import Chart, Line

HEIGHT = 230
SMOOTHED_POINTS = 400
MOST_DOTS = 120
"""Measured values that get a dot each; more are a line."""
LABELS = 52
"""Pixels for the labels of the y axis, so that the charts below one another line up."""
RULE = "#7d858e"
"""Of cursors and levels: seen on the light and on the dark page."""


def figure_of(chart: Chart, limits: tuple[float, float], axis: Range1d, pointer: Span) -> figure:
    """A plot with a cursor that the page's script moves; its parts are named `key`, `key-0`, `key-0-smoothed` ...

    Args:
        chart: what is drawn.
        limits: of the y axis.
        axis: the x axis of all plots.
        pointer: the line under the pointer, in all plots.
    """
    zoom = BoxZoomTool(dimensions="width")
    crosshair = CrosshairTool(overlay=pointer, dimensions="height")
    plot = figure(
        name=chart.key,
        height=HEIGHT,
        sizing_mode="stretch_width",
        x_range=axis,
        y_range=Range1d(start=limits[0], end=limits[1]),
        tools=[zoom, PanTool(dimensions="width"), WheelZoomTool(dimensions="width"), ResetTool(), crosshair],
        active_drag=zoom,
        active_scroll=None,
        toolbar_location="right",
        min_border_left=LABELS,
        x_axis_label="thousand real images seen",
    )
    plot.toolbar_inner = True
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    for colour in ("background_fill_color", "border_fill_color", "outline_line_color"):
        setattr(plot, colour, None)
    plot.axis.axis_label_text_font_style = "normal"
    plot.yaxis.minor_tick_line_color = plot.xaxis.minor_tick_line_color = None
    plain = BasicTickFormatter(power_limit_low=-5)  # a rate of 0.001 is written out
    plot.yaxis.formatter = NumeralTickFormatter(format="0 %") if chart.share else plain
    _mark(plot, chart)
    for index, line in enumerate(chart.drawn):
        _draw(plot, line, f"{chart.key}-{index}")
    plot.add_layout(Span(location=0, dimension="height", line_color=RULE, line_width=1.5, name=f"{chart.key}-cursor"))
    return plot


def _mark(plot: figure, chart: Chart) -> None:
    if chart.level is not None:
        plot.add_layout(Span(location=chart.level, dimension="width", line_color=RULE, line_dash="dashed"))
    for stretch in chart.stretches:
        box = BoxAnnotation(left=stretch.start, right=stretch.stop, fill_alpha=0.13, line_color=None, level="underlay")
        box.fill_color = stretch.colour
        plot.add_layout(box)


def _draw(plot: figure, line: Line, name: str) -> None:
    """The measured values; thin where a smoothed line lies over them."""
    series = line.series
    if line.interval is not None:
        bounds = _source({name: _single(values) for name, values in line.interval._asdict().items()})
        plot.varea("kimg", "low", "high", source=bounds, color=line.colour, alpha=0.2, name=f"{name}-interval")
    kept = extremes(series.values)
    measured = _source({"x": _single(series.kimg[kept]), "y": _single(series.values[kept])})
    if line.dots:
        _line(plot, measured, line, name, width=2.0)
    else:
        _line(plot, measured, line, name, width=1.0, alpha=0.4)
        even = np.unique(np.linspace(0, len(series.values) - 1, SMOOTHED_POINTS).astype(int))
        middle = {"x": _single(series.kimg[even]), "y": _single(smoothed(series.values)[even])}
        _line(plot, _source(middle), line, f"{name}-smoothed", width=2.4)
    if (line.dots and len(kept) <= MOST_DOTS) or len(kept) == 1:
        plot.scatter("x", "y", source=measured, size=6, color=line.colour, name=f"{name}-dots")


def _line(plot: figure, source: ColumnDataSource, line: Line, name: str, *, width: float, alpha: float = 1.0) -> None:
    plot.line(
        "x",
        "y",
        source=source,
        name=name,
        line_width=width,
        line_alpha=alpha,
        line_color=line.colour,
        line_dash=line.dash,
    )


def _source(columns: Mapping[str, Any]) -> ColumnDataSource:
    return ColumnDataSource(dict(columns))


def _single(values: Any) -> Any:
    """float32: half the bytes, and seven digits are more than a screen shows. What is not finite is a gap."""
    array = np.asarray(values, dtype=np.float64)
    with np.errstate(over="ignore"):
        small = array.astype(np.float32)
    small[~np.isfinite(small)] = math.nan
    return small
