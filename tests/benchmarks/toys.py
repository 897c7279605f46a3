"""Which modes of the toys each way of balancing finds: a table to print, not a test.

    python tests/benchmarks/toys.py                      # the whole table, about five minutes on one idle core
    python tests/benchmarks/toys.py --data ring8 --steps 3000 --balance none bounded

Plain means of the seeds, with the lowest and the highest. Settings: `ganzoo config resolve mlp --data grid25`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ganzoo import api

BOUNDED = "bounded"
"""R1 + R2 under the relativistic loss: what `steady` is, without its smaller batches."""
WAYS = ("none", "d-skip", "instance-noise", "r1", BOUNDED)
SCORES = {"modes-covered": "{:.1f}", "high-quality": "{:.2f}", "distance": "{:.3f}"}


def scores_of(data: str, way: str, seed: int, steps: int) -> dict[str, float]:
    """The scores at the end of one run on 2,500 points, and the share of D's updates that were refused."""
    with tempfile.TemporaryDirectory() as folder:
        run = api.run(
            "mlp",
            data=data,
            balance=["r1r2" if way == BOUNDED else way],
            loss="relativistic" if way == BOUNDED else None,
            steps=steps,
            seed=seed,
            out=Path(folder) / "run",
            settings={"evaluation.every_kimg": "none", "samples.every_kimg": 1e6, "checkpoints.every_kimg": 1e6},
        )
        refused = [tick["values"].get("skip_rate_discriminator", 0.0) for tick in run.metrics]
        return {**run.scores, "skipped": statistics.fmean(refused)}


def cell(form: str, values: Sequence[float]) -> str:
    """`7.3 (6.0-8.0)`."""
    mean, low, high = (form.format(value) for value in (statistics.fmean(values), min(values), max(values)))
    return f"{mean} ({low}-{high})"


def main() -> None:
    """Print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["ring8", "grid25"])
    parser.add_argument("--balance", nargs="+", default=WAYS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1000)
    asked = parser.parse_args()
    write = sys.stdout.write
    write("| data | balance | modes covered | high quality | distance | D's updates skipped |\n")
    write("|---|---|---|---|---|---|\n")
    for data in asked.data:
        for way in asked.balance:
            found = [scores_of(data, way, seed, asked.steps) for seed in range(asked.seeds)]
            cells = [cell(form, [scores[name] for scores in found]) for name, form in SCORES.items()]
            skipped = statistics.fmean(scores["skipped"] for scores in found)
            write(f"| {data} | `{way}` | {' | '.join(cells)} | {skipped:.2f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
