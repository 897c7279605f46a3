"""Writes `docs/explanation/balance-study.md` from the results so far."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

from study import ARMS, EPOCHS, RESULTS, SCORE, SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "balance-study.md"


def write_page() -> None:
    """The table, ranked by the score at the end, with everything that was measured."""
    by_arm: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(RESULTS.glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        by_arm[result["arm"]].append(result)
    rows = [_row(arm.name, by_arm[arm.name]) for arm in ARMS if by_arm[arm.name]]
    rows.sort(key=lambda row: row[0])
    missing = [arm.name for arm in ARMS if not by_arm[arm.name]]
    settings = ", ".join(f"`{path} = {value}`" for path, value in SETTINGS.items())
    header = ("lever", "family", "seeds", "end", "best", "drift", "D right", "skipped", "images/s", "ailments")
    table = [
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *("| " + " | ".join(cells) + " |" for _, cells in rows),
    ]
    commands = [f"- {arm.name}: `ganzoo run dcgan {arm.command}`" for arm in ARMS if by_arm[arm.name]]
    PAGE.write_text(
        "\n".join(
            [
                "# The balance study",
                "",
                "<!-- Written by examples/balance_study/study.py from the files in examples/balance_study/results. -->",
                "",
                f"Every lever on the same DCGAN: `avatars` at 32 px, {EPOCHS} epochs ({EPOCHS * 4.014:.0f} kimg),",
                f"on 2 CPU cores. Settings beside the recipe's: {settings}.",
                "",
                f"`end` and `best` are `{SCORE}` with 1,024 images, lower is better; the mean over seeds, with",
                "the smallest and the largest where there are several. Drift is end over best: above 1, training on",
                "made it worse. `D right` and `skipped` are means over the last quarter. Ailments are the doctor's",
                "verdicts.",
                "",
                *table,
                "",
                *(["Not measured yet: " + ", ".join(missing) + "."] if missing else []),
                "",
                "## Commands",
                "",
                "`python examples/balance_study/study.py` runs what is missing. One arm, beside the settings above:",
                "",
                *commands,
                "",
            ]
        ),
        encoding="utf-8",
    )


def _row(name: str, results: list[dict[str, Any]]) -> tuple[float, list[str]]:
    ends, bests = [r["end"] for r in results], [r["best"] for r in results]
    drift = mean(end / best if best > 0 else 1.0 for end, best in zip(ends, bests, strict=True))
    ailments = sorted({verdict for r in results for verdict in r["verdicts"]})
    counted = [f"{verdict} {sum(verdict in r['verdicts'] for r in results)}/{len(results)}" for verdict in ailments]
    cells = [
        name,
        results[0]["family"],
        str(len(results)),
        _spread(ends),
        _spread(bests),
        f"{drift:.2f}",
        f"{mean(r['accuracy'] for r in results):.0%}",
        f"{mean(r['skip_rate'] for r in results):.0%}",
        f"{mean(r['images_per_s'] for r in results):.0f}",
        ", ".join(counted) or "none",
    ]
    return mean(ends), cells


def _spread(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"
