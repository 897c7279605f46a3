"""Writes `docs/explanation/zoo.md` from the results so far."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

from entries import ENTRIES, Entry
from zoo import EPOCHS, RESULTS, SCORE, SETTINGS

from ganzoo.config.compose import Request, compose
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "explanation" / "zoo.md"
PICTURES = DOCS / "images" / "zoo"
Results = dict[str, list[dict[str, Any]]]


def write_page(results_in: Path = RESULTS, page: Path = PAGE, pictures: Path = PICTURES) -> None:
    """The table, the strips, and the published figures."""
    results: Results = defaultdict(list)
    for path in sorted(results_in.glob("*-[0-9]*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        results[result["name"]].append(result)
    measured = [entry for entry in ENTRIES if results[entry.name]]
    measured.sort(key=lambda entry: mean(run["last"] for run in results[entry.name]))
    missing = [entry.name for entry in ENTRIES if not results[entry.name]]
    page.write_text(
        "\n\n".join(
            filter(
                None,
                [
                    "# The zoo",
                    "<!-- Written by examples/zoo/zoo.py from the files in examples/zoo/results. -->",
                    _introduction(),
                    _table(measured, results, results_in),
                    f"Not measured yet: {', '.join(missing)}." if missing else "",
                    "## Samples",
                    _strips(measured, results, results_in, pictures),
                    "## What the papers report",
                    _published(),
                    "## Commands",
                    _commands(),
                ],
            )
        )
        + "\n",
        encoding="utf-8",
    )


def _introduction() -> str:
    settings = ", ".join(f"`{path} = {value}`" for path, value in SETTINGS.items())
    return (
        f"Every architecture's preset `tiny` on `avatars` at 32 px, {EPOCHS} epochs: the same\n"
        f"{EPOCHS * 4.014:.0f} thousand real images for each, on two CPU cores. Settings beside the preset's:\n"
        f"{settings}.\n\n"
        f"`first` and `last` are `{SCORE}` with 1,024 images at the first evaluation, after\n"
        f"{SETTINGS['evaluation.every_kimg']:g} thousand images, and at the end, lower is better; the mean over seeds, "
        "with the smallest and the\nlargest. *Gain* is the least of first over last among the seeds, *verdict* the "
        "doctor's at the end of each.\n"
        "The score is no FID, and tells nothing about other images,\n"
        "sizes or budgets: an architecture that needs long training is ranked low here. Multiply-adds are of one\n"
        "image through G and D. *Images/s* is of one thread of a machine with fast bf16, in a short run that neither\n"
        "evaluates nor draws. Each row was trained in the default precision of the machine at hand."
    )


def _table(measured: list[Entry], results: Results, results_in: Path) -> str:
    path = results_in / "speed.json"
    speeds: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    header = (
        "architecture",
        "networks G + D",
        "parameters G + D",
        "multiply-adds G + D",
        "images/s",
        "trained on",
        "seeds",
        "first",
        "last",
        "gain",
        "verdict",
    )
    rows = [_row(entry, results[entry.name], speeds.get(entry.name)) for entry in measured]
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _networks(entry: Entry) -> str:
    """Whose they are in the preset: a recipe may play on another's, and its preset on yet others."""
    config = compose(Request(recipe=entry.name, preset=entry.preset), catalogue())
    return " + ".join(f"`{kind}`" for kind in (config.generator.kind, config.discriminator.kind))


def _row(entry: Entry, runs: list[dict[str, Any]], speed: float | None) -> list[str]:
    one = runs[0]
    gains = [run["first"] / run["last"] for run in runs if run["last"] > 0]
    verdicts = Counter(run["verdict"] for run in runs)
    return [
        f"`{entry.name}`",
        _networks(entry),
        " + ".join(_short(one[f"parameters_{role}"]) for role in ("generator", "discriminator")),
        " + ".join(_short(one[f"multiply_adds_{role}"]) for role in ("generator", "discriminator")),
        "" if speed is None else f"{speed:.0f}",
        ", ".join(sorted({run["arithmetic"] for run in runs})),
        str(len(runs)),
        _spread([run["first"] for run in runs]),
        _spread([run["last"] for run in runs]),
        f"{min(gains):.2f}" if gains else "",
        ", ".join(f"{verdict} {count}/{len(runs)}" for verdict, count in verdicts.most_common()),
    ]


def _strips(measured: list[Entry], results: Results, results_in: Path, pictures: Path) -> str:
    lines = ["The first ten samples of each, of one seed, not chosen."]
    pictures.mkdir(parents=True, exist_ok=True)
    for entry in measured:
        seed = min(run["seed"] for run in results[entry.name])
        strip = results_in / f"{entry.name}-{seed}.png"
        if strip.exists():
            shutil.copyfile(strip, pictures / f"{entry.name}.png")
            lines.append(f"`{entry.name}`\n\n![Samples of {entry.name}](../images/zoo/{entry.name}.png)")
    return "\n\n".join(lines)


def _published() -> str:
    lines = [
        "None of these is reproduced here: neither the data nor a GPU was at hand. They are other images, other sizes,",
        "and other scores than the table's, and not comparable with it, nor with one another across protocols.",
        "",
        "| architecture | published | protocol | source |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{entry.name}` | {entry.published.figure} | {entry.published.protocol} | {entry.published.source} |"
        for entry in ENTRIES
    ]
    return "\n".join(lines)


def _commands() -> str:
    lines = ["`python examples/zoo/zoo.py` runs what is missing of the table. One run of it:", "", "```bash"]
    settings = " ".join(f"--set {path}={value}" for path, value in SETTINGS.items())
    lines += [f"ganzoo run r3gan --preset tiny --epochs {EPOCHS} {settings}", "```", ""]
    lines += ["The nearest thing here to what the papers trained; folders hold the images named above:", ""]
    for entry in ENTRIES:
        source = catalogue().find(Kind.ARCHITECTURE, entry.name).source
        lines.append(f"- {entry.name} ({source}): `{entry.published.command}`")
    return "\n".join(lines)


def _short(number: int) -> str:
    if number >= 1_000_000:
        return f"{number / 1e6:.1f} M"
    return f"{number / 1e3:.0f} k"


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"
