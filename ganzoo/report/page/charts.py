"""Charts of named lines over thousand images seen, drawn by Bokeh in the reader's browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ganzoo.report.series import Series, beside, visible_range

# After Okabe & Ito 2008, "Color Universal Design"; each at least 3 : 1 against the light and the dark page.
BLUE, ORANGE, GREEN, PURPLE, RED, GREY = "#2f7fc1", "#d55e00", "#00936b", "#b8629a", "#d6455d", "#7d858e"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)
DASHES = ("solid", "dashed", "dotted")
DEVIATIONS = 1.96
"""Standard errors to each side of a score that hold its true value 95 times in 100."""
FLATTENED = 4
"""Values that would stretch the axis by more than this are outliers, shown when asked for."""


class Interval(NamedTuple):
    """Bounds around a line: thousand images seen, [N], and the lower and the upper bound there, [N]."""

    kimg: Any  # Any: arrays or lists of numbers
    low: Any
    high: Any


def interval_of(evaluations: Sequence[Mapping[str, Any]], name: str, series: Series) -> Interval | None:
    """95 % around each value of a score that knows its standard error; None where none does.

    Args:
        evaluations: the series is of these.
        name: of the score.
        series: its values.
    """
    wide = DEVIATIONS * beside(evaluations, "standard_errors", name)
    if len(wide) != len(series.values) or not np.isfinite(wide).any():
        return None
    return Interval(series.kimg, series.values - wide, series.values + wide)


class Stretch(NamedTuple):
    """A part of the run that is marked: thousand images seen, from and to."""

    start: float
    stop: float
    colour: str = RED


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes:
        name: in the legend; shown as text, whatever it is.
        series: where it runs.
        colour: one of `COLOURS`.
        dots: few measured values, each shown, none smoothed.
        interval: shown as a band around it.
        dash: one of `DASHES`.
    """

    name: str
    series: Series
    colour: str
    dots: bool = False
    interval: Interval | None = None
    dash: str = "solid"


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same axes.

    Attributes:
        key: letters, digits and `-`, starting with a letter; of this chart alone in the page.
        title: above it.
        lines: those without a single value are left out.
        note: one sentence below the title: how to read it.
        share: values are in [0, 1] and written as percent.
        level: where a dashed line is drawn.
        stretches: marked.
    """

    key: str
    title: str
    lines: Sequence[Line]
    note: str = ""
    share: bool = False
    level: float | None = None
    stretches: Sequence[Stretch] = ()

    @property
    def drawn(self) -> list[Line]:
        """Lines with something to show."""
        return [line for line in self.lines if np.isfinite(line.series.values).any()]


class Drawn(NamedTuple):
    """Charts for the macros of `parts.html`.

    Attributes:
        charts: key, title, note, lines and summary of each.
        document: the figures and what the page's script needs beside them, for JSON; None: nothing is drawn.
    """

    charts: list[dict[str, Any]]  # Any: plain values of several types, read by a template
    document: dict[str, Any] | None  # Any: JSON


def draw(charts: Sequence[Chart]) -> Drawn:
    """Charts over one shared axis; one without any value is left out.

    In a template: `{% import "parts.html" as parts %}`, `parts.charts(drawn)` where they stand, `parts.zoom()` for
    the buttons, `parts.chart_data(drawn)` in the block `data`.
    """
    charts = [chart for chart in charts if chart.drawn]
    if not charts:
        return Drawn([], None)
    from bokeh.document import Document  # a second: waited for only where something is drawn
    from bokeh.models.annotations import Span
    from bokeh.models.ranges import Range1d

    from ganzoo.report.page.figures import RULE, figure_of

    last = max(float(line.series.kimg.max()) for chart in charts for line in chart.drawn)
    end = 1.02 * last or 1.0  # room for the last dot
    axis = Range1d(start=0, end=end, bounds=(0, end), min_interval=end / 1000)
    pointer = Span(dimension="height", line_color=RULE, line_dash="dotted")
    document, places = Document(), {}
    for chart in charts:
        figure = figure_of(chart, ranges(chart)[0], axis, pointer)
        document.add_root(figure)
        places[figure.id] = f"plot-{chart.key}"
    return Drawn(
        [_shown(chart) for chart in charts],
        {
            "document": document.to_json(deferred=False),
            "places": places,
            "axis": axis.id,
            "end": end,
            "last": last,
            "charts": {chart.key: _told(chart) for chart in charts},
        },
    )


def ranges(chart: Chart) -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits of the y axis at first, and those that show every value of a chart that has some.

    They differ only where single outliers would flatten all the rest.
    """
    if chart.share:
        return (-0.03, 1.03), (-0.03, 1.03)
    values = [line.series.values for line in chart.drawn]
    known = np.concatenate([series[np.isfinite(series)] for series in [*values, *_bounds(chart)]])
    low, high = float(known.min()), float(known.max())
    flat = high - low <= 1e-5 * max(abs(low), abs(high))  # the seventh digit is the arithmetic's
    margin = (0.1 * abs(high) or 0.1) if flat else 0.06 * (high - low)
    whole = (low - margin, high + margin)
    near = visible_range(values)
    if near is None or flat or all(line.dots for line in chart.drawn) or high - low <= FLATTENED * (near[1] - near[0]):
        return whole, whole
    return near, whole


def summary(chart: Chart) -> str:
    """The chart in words, for those who do not see it."""
    return "; ".join(_in_words(line, share=chart.share) for line in chart.drawn) + "."


def written(value: float, *, share: bool = False) -> str:
    """`74 %` of a share, else four digits."""
    return f"{100 * value:.0f} %" if share else f"{value:.4g}"


def _in_words(line: Line, *, share: bool) -> str:
    values = line.series.values[np.isfinite(line.series.values)]
    ends = (values[0], values[-1], values.min(), values.max())
    first, last, low, high = (written(float(value), share=share) for value in ends)
    return f"{line.name}: from {first} to {last}, lowest {low}, highest {high}"


def _shown(chart: Chart) -> dict[str, Any]:
    lines = [{"name": line.name, "colour": line.colour, "dash": line.dash} for line in chart.drawn]
    return {"key": chart.key, "title": chart.title, "note": chart.note, "lines": lines, "summary": summary(chart)}


def _told(chart: Chart) -> dict[str, Any]:
    limits, whole = ranges(chart)
    names = [line.name for line in chart.drawn]
    return {"share": chart.share, "lines": names, "limits": limits, "whole": whole, "hidden": limits != whole}


def _bounds(chart: Chart) -> list[Any]:
    bounds = [line.interval for line in chart.drawn if line.interval is not None]
    return [np.asarray(end, dtype=float) for bound in bounds for end in (bound.low, bound.high)]
