"""The charts of a run: what was measured, in the order in which one asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ganzoo.contracts.ailments import Ailment
from ganzoo.report.page.charts import (
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    Chart,
    Interval,
    Line,
    Stretch,
    interval_of,
)
from ganzoo.report.page.model import Record, inside
from ganzoo.report.series import Series, beside, score_series, tick_series

MOST_SCORES = 12
D, G = "discriminator", "generator"


def charts_of(record: Record) -> list[Chart]:
    """All charts of a run; those without a value are left out when they are drawn."""
    return [*_tick_charts(record), *_score_charts(record.evaluations)]


def _tick_charts(record: Record) -> Iterator[Chart]:
    def line(label: str, name: str, colour: str, dash: str = "solid") -> Line:
        return Line(label, tick_series(record.ticks, name), colour, dash=dash)

    def both(prefix: str) -> list[Line]:
        return [line("D", f"{prefix}_{D}", BLUE), line("G", f"{prefix}_{G}", ORANGE)]

    yield Chart(
        "loss", "Losses", both("loss"), "What D and G minimise. A D near 0 is sure of everything: G learns little."
    )
    yield Chart(
        "accuracy",
        "How often D is right",
        [
            line("on real images", "accuracy_real", GREEN),
            line("on fakes", "accuracy_fake", PURPLE),
            line("over 99 % sure", "saturation", GREY, "dashed"),
        ],
        "50 % is guessing. Dashed: the share of judgements that D hardly changes any more. Red: the doctor found the "
        "run ill.",
        share=True,
        level=0.5,
        stretches=ill(record),
    )
    yield Chart(
        "logits",
        "Logit gap",
        [
            Line("real − fake", _gap(record), BLUE),
            line("real", "logit_real", GREEN, "dashed"),
            line("fake", "logit_fake", PURPLE, "dashed"),
        ],
        "How far D holds real images and fakes apart.",
        level=0.0,
    )
    yield Chart(
        "gradients",
        "Gradient norms",
        [*both("gradient_norm"), Line("G over D", _ratio(record), GREY, dash="dashed")],
        "How hard each network is pushed.",
    )
    yield Chart(
        "memory",
        "Does D know its images by heart",
        [line("r_t", "sign_real", BLUE), Line("r_v", tick_series(record.ticks, "memory"), ORANGE, dots=True)],
        "r_t: 1 where D takes all it learns from for real. r_v: 0 where held-out images look to D like those it "
        "learns from, 1 where they look like fakes.",
        level=0.0,
    )
    yield Chart("rates", "Learning rates", both("learning_rate"), "Schedules, and what strategies make of them.")
    skips, bands = both("skip_rate"), decided(record)
    if bands or any((line.series.values > 0).any() for line in skips):
        yield Chart(
            "skips",
            "Updates skipped",
            skips,
            "Share of updates that were refused. Shaded: a strategy decided otherwise than usual.",
            share=True,
            stretches=bands,
        )
    terms = sorted({name for tick in record.ticks for name in inside(tick, "values") if name.startswith("term_")})
    named = zip(terms, COLOURS * (1 + len(terms) // len(COLOURS)), strict=False)
    lines = [line(name.removeprefix("term_"), name, colour) for name, colour in named]
    yield Chart("terms", "Terms beside the losses", lines, "Penalties and what else strategies add.")


def _gap(record: Record) -> Series:
    real, fake = (tick_series(record.ticks, f"logit_{origin}") for origin in ("real", "fake"))
    return Series(real.kimg, real.values - fake.values)


def _ratio(record: Record) -> Series:
    of_g, of_d = (tick_series(record.ticks, f"gradient_norm_{role}") for role in (G, D))
    pushed = np.where(of_d.values > 0, of_d.values, np.nan)  # false for a NaN too
    return Series(of_g.kimg, of_g.values / pushed)


def _score_charts(evaluations: Sequence[Mapping[str, Any]]) -> Iterator[Chart]:
    for number, (name, series) in enumerate(score_series(evaluations)[:MOST_SCORES]):
        if np.isfinite(series.values).sum() < 2:
            continue  # the table of scores says it all
        floors, interval = beside(evaluations, "floors", name), interval_of(evaluations, name, series)
        lines = [Line("score", series, BLUE, dots=True, interval=interval)]
        if np.isfinite(floors).any() and len(floors) == len(series.values):
            lines.append(Line("floor", Series(series.kimg, floors), GREY, dots=True, dash="dashed"))
        yield Chart(
            f"score{number}", f"Score: {name}", lines, _how_to_read(evaluations, name, interval, len(lines) > 1)
        )


def _how_to_read(evaluations: Sequence[Mapping[str, Any]], name: str, interval: Interval | None, floor: bool) -> str:
    direction = evaluations[-1]["data"]["directions"].get(name)
    parts = ["Lower is better." if direction is True else "Higher is better." if direction is False else "To watch."]
    if interval is not None:
        parts.append("Shaded: 95 % interval.")
    if floor:
        parts.append("Floor: what a perfect generator would get with as many images.")
    return " ".join(parts)


def ill(record: Record) -> list[Stretch]:
    """Where an ailment stood."""
    verdicts = record.diagnosis.verdicts
    ends = [verdict.step for verdict in verdicts[1:]] + [record.step]
    ailing = zip(verdicts, ends, strict=False)  # one end too many where there is no verdict
    return [
        Stretch(record.kimg(verdict.step), record.kimg(end)) for verdict, end in ailing if verdict.name in set(Ailment)
    ]


def decided(record: Record) -> list[Stretch]:
    """Where decisions of strategies changed what happened, a role in its colour; what is nearly joined is joined."""
    colours = {D: BLUE, G: ORANGE}
    near = record.kimg(record.step) / 150
    tick = record.kimg(record.ticks[0]["step"]) if record.ticks else 0.0
    found: dict[str, list[Stretch]] = {}
    for event in record.of_kind("decision"):
        end = record.kimg(event["step"])
        colour = colours.get(str(inside(event, "data").get("role")), GREY)
        row = found.setdefault(colour, [])
        start = max(0.0, end - tick)
        if row and start - row[-1].stop <= near:
            row[-1] = row[-1]._replace(stop=end)
        else:
            row.append(Stretch(start, end, colour))
    return [stretch for row in found.values() for stretch in row]
