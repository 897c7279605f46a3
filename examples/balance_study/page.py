"""Writes `docs/explanation/balance-study.md` and its pictures from the results so far."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

from compositions import section as compositions
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from PIL import Image, ImageDraw
from study import ARMS, EPOCHS, RESULTS, SCORE, SETTINGS, Arm, strip_path

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "explanation" / "balance-study.md"
STRIPS = DOCS / "images" / "balance-study-strips.png"
CURVES = DOCS / "images" / "balance-study-curves.png"

SEEDS = range(3)
LEAST_DRIFT = 1.1
"""End over best above which training on made a run worse."""
SHOWN_CURVES = ("none", "skip above 0.8", "lr-control", "r1", "steady", "gentle")

BUDGET = "evaluation.budget"
TENTH = 0.1
"""The budget of runs that do not say theirs."""

Results = dict[str, list[dict[str, Any]]]


def write_page() -> None:
    """The table, ranked by the score at the end, with everything that was measured."""
    results = _results()
    measured = [arm for arm in ARMS if results[arm.name]]
    measured.sort(key=lambda arm: mean(run["end"] for run in results[arm.name]))
    _draw_strips(measured)
    _draw_curves(results)
    parts = [
        _head(results),
        _table(measured, results),
        _verdict(results),
        _pictures(),
        _alarms(results),
        compositions(),
        _commands(measured),
    ]
    parts += _missing(results)
    PAGE.write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")


def _results() -> Results:
    found: Results = defaultdict(list)
    for path in sorted(RESULTS.glob("*-[0-9].json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        found[result["arm"]].append(result)
    return found


def _missing(results: Results) -> list[str]:
    """Levers of which no run, or not every seed, is measured; empty where none is missing."""
    waiting = [arm for arm in ARMS if not results[arm.name]]
    begun = [
        f"{arm.name} (seed {', '.join(str(seed) for seed in SEEDS if not _has(results, arm, seed))})"
        for arm in ARMS
        if 0 < len(results[arm.name]) < len(SEEDS)
    ]
    parts = []
    if waiting:
        levers = "\n".join(f"- {arm.name} ({arm.family}): `ganzoo run dcgan {arm.command}`" for arm in waiting)
        parts.append(f"## Not run yet\n\nThese have no results, and say nothing until they have:\n\n{levers}")
    if begun:
        parts.append("## Not run with every seed\n\n" + "; ".join(begun) + ".")
    return parts


def _has(results: Results, arm: Arm, seed: int) -> bool:
    return any(run["seed"] == seed for run in results[arm.name])


def _head(results: Results) -> str:
    settings = ", ".join(f"`{path} = {value}`" for path, value in SETTINGS.items() if path != BUDGET)
    runs = [run for arms in results.values() for run in arms]
    machines = sorted({run["machine"] for run in runs})
    once = sum(len(run["curve"]) < 2 for run in runs)
    in_a_budget = sum(run.get("budget", TENTH) != "none" for run in runs)
    return f"""# The balance study

<!-- Written by examples/balance_study/study.py from the files in examples/balance_study/results. -->

Every lever on the same DCGAN and the same images, for as many images seen, which is not as many updates: `steady` and
`small batches` make four times as many of them. `avatars` at 32 px, {EPOCHS} epochs
({EPOCHS * 4.014:.0f} thousand images seen), with `ganzoo run dcgan`, and
{settings}.
Run on a CPU ({"; ".join(machines)}), one thread a run, beside other work.

`end` and `best` are `{SCORE}` (squared kernel distance of EfficientNet features, 1,024 images, lower is better): the
mean over seeds, with the smallest and the largest. *Drift* is end over best: above 1, training on made it worse.
{in_a_budget} of the {len(runs)} runs were made with evaluations held to a tenth of a run's time, the default;
{once} of them were scored only once, at the end. There the best score is the end's and a drift cannot be known:
*drift* is the mean over a lever's other runs, "–" where there is none. Later runs have
`{BUDGET} = {SETTINGS[BUDGET]}`, and are scored all along.
*D right* (D's accuracy) and *skipped* are means over the last quarter of a run. *Speed* is images a second as a
share of the plain run's, measured apart. *Ailments* are the doctor's verdicts, with the runs that had them."""


def _table(measured: list[Arm], results: Results) -> str:
    header = ("lever", "family", "seeds", "end", "best", "drift", "D right", "skipped", "speed", "ailments")
    speed = _speed()
    rows = [_row(arm, results[arm.name], speed.get(arm.name)) for arm in measured]
    return "\n".join(
        [
            "| " + " | ".join(header) + " |",
            "|" + "---|" * len(header),
            *("| " + " | ".join(cells) + " |" for cells in rows),
        ]
    )


def _speed() -> dict[str, float]:
    path = RESULTS / "speed.json"
    shares: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return shares


def _row(arm: Arm, runs: list[dict[str, Any]], speed: float | None) -> list[str]:
    ailments = sorted({name for run in runs for name, _ in run["verdicts"]})
    counted = [
        f"{ailment} {sum(any(name == ailment for name, _ in run['verdicts']) for run in runs)}/{len(runs)}"
        for ailment in ailments
    ]
    return [
        arm.name,
        arm.family,
        str(len(runs)),
        _spread([run["end"] for run in runs]),
        _spread([run["best"] for run in runs]),
        _mean_drift(runs),
        f"{mean(run['accuracy'] for run in runs):.0%}",
        f"{mean(run['skip_rate'] for run in runs):.0%}",
        "" if speed is None else f"{speed:.2f}",
        ", ".join(counted) or "none",
    ]


def _mean_drift(runs: list[dict[str, Any]]) -> str:
    known = [drift for run in runs if (drift := _drift(run)) is not None]
    return f"{mean(known):.2f}" if known else "–"


def _drift(run: dict[str, Any]) -> float | None:
    """End over best; None where a run was scored only once: they are then one number."""
    if len(run["curve"]) < 2 or run["best"] <= 0:
        return None
    return float(run["end"] / run["best"])


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _verdict(results: Results) -> str:
    plain = {run["seed"]: run["end"] for run in results["none"]}
    lines = ["## Against the plain run, seed by seed", ""]
    lines += ["| lever | better than plain | mean share of plain's end score |", "|---|---|---|"]
    ranked = []
    for arm in ARMS[1:]:
        shares = [run["end"] / plain[run["seed"]] for run in results[arm.name] if run["seed"] in plain]
        if shares:
            ranked.append((mean(shares), f"| {arm.name} | {sum(s < 1 for s in shares)} of {len(shares)} |"))
    lines += [f"{row} {share:.2f} |" for share, row in sorted(ranked)]
    return "\n".join(lines)


def _pictures() -> str:
    return f"""## Samples and curves

The first ten samples of each lever's averaged generator at the end, seed 0, in the order of the table:

![Rows of ten small faces, one row a lever, the best score on top](../images/{STRIPS.name})

![Score over the images seen for a few levers, every seed a line](../images/{CURVES.name})"""


def _alarms(results: Results) -> str:
    """A verdict is false where the run ended no worse than the plain one of its seed, and is not known to decay."""
    plain = {run["seed"]: run["end"] for run in results["none"]}
    judged = [run for runs in results.values() for run in runs if run["seed"] in plain]
    ill = [run for run in judged if run["verdicts"]]
    false = [run for run in ill if run["end"] <= plain[run["seed"]] and (_drift(run) or 1.0) < LEAST_DRIFT]
    missed = [run for run in judged if not run["verdicts"] and run["end"] > 2 * plain[run["seed"]]]
    return f"""## The doctor's record

An alarm is counted as false where the run ended no worse than the plain run of its seed, with a drift under
{LEAST_DRIFT} or unknown; an ailment as missed where a run ended at more than twice the plain run's score and nothing
was said.

| runs | with an alarm | false alarms | missed |
|---|---|---|---|
| {len(judged)} | {len(ill)} | {_named(false)} | {_named(missed)} |"""


def _named(runs: list[dict[str, Any]]) -> str:
    names = ", ".join(sorted({f"{run['arm']} ({', '.join(sorted({n for n, _ in run['verdicts']}))})" for run in runs}))
    return f"{len(runs)}: {names.replace(' ()', '')}" if runs else "0"


def _commands(measured: list[Arm]) -> str:
    lines = [
        "## Commands",
        "",
        "`python examples/balance_study/study.py` runs what is missing, `--speed` measures the speeds, `--write`",
        "writes this page. One lever, beside the settings above:",
        "",
    ]
    return "\n".join(lines + [f"- {arm.name}: `ganzoo run dcgan {arm.command}`" for arm in measured])


def _draw_strips(measured: list[Arm]) -> None:
    rows = [(arm.name, Image.open(strip_path(arm, 0))) for arm in measured if strip_path(arm, 0).exists()]
    if not rows:
        return
    label, gap = 150, 4
    width, height = max(strip.width for _, strip in rows), max(strip.height for _, strip in rows) + gap
    sheet = Image.new("RGB", (label + width, height * len(rows)), "white")
    pen = ImageDraw.Draw(sheet)
    for index, (name, strip) in enumerate(rows):
        pen.text((6, index * height + height // 2 - 6), name, fill="#333333")
        sheet.paste(strip, (label, index * height))
    sheet.save(STRIPS, optimize=True)


def _draw_curves(results: Results) -> None:
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    for index, name in enumerate(SHOWN_CURVES):
        for run in results[name]:
            images, scores = zip(*run["curve"], strict=True)
            label = name if run is results[name][0] else None
            axes.plot(
                [i / 1000 for i in images], scores, color=f"C{index}", label=label, alpha=0.8, marker="o", markersize=3
            )
    axes.set(xlabel="thousand images seen", ylabel=SCORE, yscale="log")
    for ticks in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        ticks(ScalarFormatter())  # 3, not 3 x 10^0
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(CURVES, dpi=100)
