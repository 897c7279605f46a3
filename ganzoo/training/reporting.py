"""The pictures and the page of a whole run, made when it ends or is stopped."""

from __future__ import annotations

from ganzoo.contracts import Moment
from ganzoo.registry.catalogue import catalogue
from ganzoo.report.gif import write_gif
from ganzoo.report.page.report import write_report
from ganzoo.report.series import kimg_at
from ganzoo.runs.directory import RunDirectory
from ganzoo.training.session import Session, describe


def draw_pictures(session: Session, run: RunDirectory, moment: Moment) -> None:
    """The GIF and the curves."""
    from ganzoo.report.curves import draw_curves  # with matplotlib, for which no first step should wait

    seen = {"step": moment.step, "images": moment.images}  # after the last tick
    kimg = kimg_at([*run.ticks(), seen], moment.batch_size)
    grids = [(f"step {step:,} · {kimg(step):.0f} kimg", path) for step, path in run.grids()]
    write_gif(grids, run.gif, session.effective.samples.gif_fps)
    draw_curves(run.ticks(), run.evaluations(), run.curves, describe(session))


def write_page(run: RunDirectory, *, finished: bool) -> None:
    """report.html; the record's last line, which says how the run ended, is yet to be written."""
    write_report(run, catalogue(), status="finished" if finished else "interrupted")
