"""The numbers of a run over the images it has seen: losses, who is right, whose turn was refused, scores."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ganzoo.report.series import Series, score_series, smoothed, tick_series, visible_range
from ganzoo.runs.atomic import write_atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito 2008, "Color Universal Design": told apart by colour-blind readers too.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
INK, FAINT = "#333333", "#E3E3E3"
MAX_SCORES = 4
DPI = 100
STYLE = {
    "axes.edgecolor": "#AAAAAA",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 11,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "text.parse_math": False,  # a `$` in a title or a metric's name is a `$`
    "xtick.color": INK,
    "ytick.color": INK,
}


class Panel(NamedTuple):
    """One plot of the stack.

    Attributes:
        limits: of the y axis; None: what the values need, without single outliers.
        level: where a dashed line is drawn.
        dots: few measured values, each shown, none smoothed.
    """

    title: str
    lines: Sequence[tuple[str, str, Series]]
    limits: tuple[float, float] | None = None
    level: float | None = None
    dots: bool = False


def draw_curves(
    ticks: Sequence[Mapping[str, object]],
    evaluations: Sequence[Mapping[str, object]],
    path: Path,
    title: str,
) -> None:
    """Draw a run's curves as a PNG 1000 px wide; raw values thin and light, smoothed ones bold.

    Args:
        ticks: lines of metrics.jsonl, `{"images": 6400, "values": {"loss_generator": 0.7, ...}, ...}`. A name
            may be missing, a value may be null or not finite: the line then has a gap.
        evaluations: events of kind "evaluation", `{"data": {"images": 32000, "scores": {"kd": 3.1}}}`; the
            first `MAX_SCORES` names get a panel each.
        path: the PNG; written whole or not at all.
        title: one line, shown as it is.
    """
    stack = list(panels(ticks, evaluations))
    heights = [1.9 if panel.dots else 2.6 for panel in stack]
    with matplotlib.style.context(["default", STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure = Figure(
            figsize=(10, 0.9 + sum(heights)),
            dpi=DPI,
        )
        FigureCanvasAgg(figure)  # draws in memory: pyplot and its screens are never asked
        figure.set_layout_engine("constrained", w_pad=0.15, h_pad=0.12)
        figure.suptitle(_one_line(title), x=0.015, ha="left", fontsize=15, fontweight="bold")
        plots = figure.subplots(len(stack), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
        for plot, panel in zip(plots, stack, strict=True):
            _draw(plot, panel)
        plots[-1].set_xlabel("thousand real images seen")
        plots[-1].set_xlim(left=0, right=_last(stack))
        figure.align_ylabels()
        file = BytesIO()
        figure.savefig(file, format="png", metadata={"Software": None})
    write_atomic(path, file.getvalue())


def panels(ticks: Sequence[Mapping[str, object]], evaluations: Sequence[Mapping[str, object]]) -> Iterator[Panel]:
    """What is drawn, from top to bottom."""

    def lines(*names: tuple[str, str, str]) -> list[tuple[str, str, Series]]:
        return [(label, colour, tick_series(ticks, name)) for label, colour, name in names]

    yield Panel("Loss", lines(("D", BLUE, "loss_discriminator"), ("G", ORANGE, "loss_generator")))
    yield Panel(
        "How often D is right",
        lines(("real", GREEN, "accuracy_real"), ("fake", PURPLE, "accuracy_fake")),
        limits=(-0.02, 1.02),
        level=0.5,
    )
    yield Panel(
        "Share of updates skipped",
        lines(("D", BLUE, "skip_rate_discriminator"), ("G", ORANGE, "skip_rate_generator")),
        limits=(-0.02, 1.02),
    )
    for name, series in score_series(evaluations)[:MAX_SCORES]:
        yield Panel(f"Score: {name}", [("", INK, series)], dots=True)


def _draw(plot: Axes, panel: Panel) -> None:
    plot.set_title(_one_line(panel.title), loc="left", fontsize=12, fontweight="bold")
    plot.set_axisbelow(True)
    drawn = [line for line in panel.lines if np.isfinite(line[2].values).any()]
    if drawn and panel.level is not None:
        plot.axhline(panel.level, color="#888888", linewidth=1, linestyle=(0, (4, 3)))
    for label, colour, series in drawn:
        if panel.dots:
            plot.plot(*series, color=colour, linewidth=2, marker="o", markersize=6)
            _name_last(plot, series)
        else:
            plot.plot(*series, color=colour, linewidth=0.8, alpha=0.3)
            plot.plot(
                series.kimg,
                smoothed(series.values),
                color=colour,
                linewidth=2.2,
                label=label,
                marker="o",
                markersize=_dot(series),
                clip_on=_dot(series) == 0,
            )
    if not drawn:
        plot.text(0.5, 0.5, "not recorded", transform=plot.transAxes, ha="center", va="center", color="#888888")
    elif not panel.dots:
        plot.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=len(drawn), frameon=False, borderpad=0)
    limits = panel.limits or visible_range([series.values for _, _, series in drawn])
    if limits:
        plot.set_ylim(*limits)


def _one_line(title: str, at_most: int = 80) -> str:
    line = " ".join(title.split())
    return line if len(line) <= at_most else f"{line[: at_most - 1]}…"


def _name_last(plot: Axes, series: Series) -> None:
    known = np.flatnonzero(np.isfinite(series.values))[-1]
    point = float(series.kimg[known]), float(series.values[known])
    plot.annotate(f"{point[1]:.4g}", point, xytext=(0, 9), textcoords="offset points", ha="center", fontsize=11)


def _dot(series: Series) -> float:
    """A line through one value is invisible; a dot is not."""
    return 6.0 if np.isfinite(series.values).sum() == 1 else 0.0


def _last(stack: Sequence[Panel]) -> float:
    seen = [series.kimg.max() for panel in stack for _, _, series in panel.lines if series.kimg.size]
    return 1.02 * max(seen, default=0.0) or 1.0
