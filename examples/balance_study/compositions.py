"""In search of a better `steady`: compositions around it, on the same images, for half of the study's.

    python examples/balance_study/compositions.py                    everything that is not done yet (minutes a run)
    python examples/balance_study/compositions.py --names "lazy R1"  these only

One seed each: differences under a tenth are noise. Each finished run leaves a small JSON file in
`results/compositions/`, from which the study's page has a section.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from study import RESULTS, SCORE, Arm, machine

import ganzoo

FOUND = RESULTS / "compositions"
KIMG = 40.0
AVATARS = 4014
"""Images trained on, of 4,096: the others are held out."""
SETTINGS: dict[str, object] = {
    "data.image_size": 32,
    "evaluation.every_kimg": KIMG / 4,
    "evaluation.images": 2048,
    "evaluation.budget": "none",
    "evaluation.memorising": False,
    "samples.every_kimg": KIMG / 4,
    "checkpoints.every_kimg": 16.0,
}


def both(setting: str, value: object) -> tuple[tuple[str, object], ...]:
    """The same setting of both networks' optimisers."""
    return tuple((f"optimizers.{name}.{setting}", value) for name in ("generator", "discriminator"))


def falling(start: float, end: float) -> dict[str, float]:
    """A rate over the whole run."""
    return {"start": start, "end": end, "until_kimg": KIMG}


NO_NORM = (("discriminator.norm", "none"),)
RELATIVISTIC = (("loss.kind", "relativistic"), *NO_NORM)
COMPOSITIONS = (
    Arm("steady", "steady", ("steady",)),
    Arm("falling rates", "rates", ("steady",), both("learning_rate", falling(1e-3, 1e-4))),
    Arm("twice the rates", "rates", ("steady",), both("learning_rate", 2e-3)),
    Arm("twice the rates, falling", "rates", ("steady",), both("learning_rate", falling(2e-3, 2e-4))),
    Arm("a shorter average", "average", ("steady",), (("training.ema_half_life_kimg", 2.5),)),
    Arm("momentum", "rates", ("steady",), both("betas", [0.5, 0.99])),
    Arm("batches of 8", "batches", ("steady", "batch-size:factor=0.125,at_least=8")),
    Arm("twice the penalty", "penalty", ("steady", "r1r2:gamma=4")),
    Arm("half the penalty", "penalty", ("steady", "r1r2:gamma=1")),
    Arm("lazy R1 + R2", "penalty", ("steady", "r1r2:every=4")),
    Arm("lazy, batches of 8", "penalty", ("steady", "r1r2:every=4", "batch-size:factor=0.125,at_least=8")),
    Arm("R1 alone", "penalty", ("r1", "batch-size"), RELATIVISTIC),
    Arm("lazy R1 alone", "penalty", ("r1:every=4", "batch-size"), RELATIVISTIC),
    Arm("spectral norm, hinge", "body", ("spectral-norm", "batch-size"), (("loss.kind", "hinge"), *NO_NORM)),
    Arm("wider G", "body", ("steady", "capacity:generator=2,discriminator=1")),
    Arm(
        "wider G, falling rates",
        "body",
        ("steady", "capacity:generator=2,discriminator=1"),
        both("learning_rate", falling(1e-3, 2e-4)),
    ),
)


def main() -> None:
    """Run what is asked for and not done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--names", nargs="*", default=[arm.name for arm in COMPOSITIONS], help="all by default")
    parser.add_argument("--runs", type=Path, default=Path("runs/compositions"), help="where runs are kept")
    given = parser.parse_args()
    FOUND.mkdir(parents=True, exist_ok=True)
    for arm in COMPOSITIONS:
        path = result_path(arm)
        if arm.name in given.names and not path.exists():
            result = measure(arm, given.runs / path.stem)
            path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
            print(f"{arm.name}: {result['curve'][-1][1]:.3f}", flush=True)


def result_path(arm: Arm) -> Path:
    """Where the result of a run is kept."""
    return FOUND / f"{arm.name.replace(',', '').replace(' + ', '-').replace(' ', '-').lower()}.json"


def measure(arm: Arm, path: Path) -> dict[str, Any]:
    """Train, or go on training, one composition, and sum it up."""
    started = time.perf_counter()
    if (path / "config.toml").exists():
        run = ganzoo.resume(path)
    else:
        settings = {**SETTINGS, **dict(arm.settings)}
        run = ganzoo.run(
            "dcgan", balance=arm.balance, settings=settings, epochs=KIMG * 1000 / AVATARS, seed=0, out=path
        )
    return {
        "command": arm.command,
        "curve": [(event["data"]["images"], event["data"]["scores"][SCORE]) for event in run.directory.evaluations()],
        "verdict": run.metrics[-1]["verdict"],
        "minutes": (time.perf_counter() - started) / 60,
        "machine": machine(),
    }


def section() -> str:
    """Of the study's page; empty where nothing is measured."""
    found = [
        (json.loads(result_path(arm).read_text("utf-8")), arm) for arm in COMPOSITIONS if result_path(arm).exists()
    ]
    if not found:
        return ""
    found.sort(key=lambda pair: float(pair[0]["curve"][-1][1]))
    kimgs = [f"{KIMG * quarter / 4:g}" for quarter in range(1, 5)]
    rows = [
        f"| {arm.name} | {' | '.join(f'{score:.2f}' for _, score in result['curve'])} | `{arm.command}` |"
        for result, arm in found
    ]
    return "\n".join(
        [
            "## In search of a better steady",
            "",
            f"Compositions around `steady`, seed 0, {KIMG:g} thousand images at 32 px, scored on 2,048:",
            f"`{SCORE}` after as many thousand images. One seed each: differences under a tenth are noise.",
            "",
            f"| composition | {' | '.join(kimgs)} | `ganzoo run dcgan` |",
            "|---|" + "---|" * (len(kimgs) + 1),
            *rows,
        ]
    )


if __name__ == "__main__":
    main()
