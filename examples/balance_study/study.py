"""The balance study: every lever on the same DCGAN, the same images, the same budget, three seeds.

    python examples/balance_study/study.py                     everything that is not done yet (hours)
    python examples/balance_study/study.py --arms none steady  these arms only
    python examples/balance_study/study.py --write             only the page, from the results so far

Each finished run leaves one small JSON file in `results/`, which is committed: the study goes on where it stopped, on
whatever machine. An interrupted run is resumed. The page is `docs/explanation/balance-study.md`.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import ganzoo
from ganzoo.contracts.ailments import Ailment
from ganzoo.runs.logs import read_lines

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SCORE = "kd-efficientnet-lite0"
EPOCHS = 20
EVERY_KIMG = 16.0
SETTINGS = {
    "data.image_size": 32,
    "generator.width": 32,
    "discriminator.width": 32,
    "evaluation.every_kimg": EVERY_KIMG,
    "evaluation.images": 1024,
    "samples.every_kimg": 8.0,
    "checkpoints.every_kimg": 32.0,
}


@dataclass(frozen=True)
class Arm:
    """One row of the table.

    Attributes:
        name: short.
        family: what kind of lever it is.
        balance: as on the command line.
        settings: others, by dotted path.
    """

    name: str
    family: str
    balance: tuple[str, ...] = ()
    settings: tuple[tuple[str, object], ...] = ()

    @property
    def command(self) -> str:
        """What one types to repeat it."""
        flags = [f"--balance {part}" for part in self.balance]
        flags += [f"--set {path}={value}" for path, value in self.settings]
        return " ".join(flags)


ARMS = (
    Arm("none", "baseline", ("none",)),
    Arm("wider G", "origin", ("capacity:generator=2,discriminator=1",)),
    Arm("faster D", "origin", ("lr-skew:ratio=2",)),
    Arm("slower D", "origin", ("lr-skew:ratio=0.25",)),
    Arm("D dropout", "origin", ("d-dropout",)),
    Arm("D weak early", "origin", ("d-warmup",)),
    Arm("SGD for D", "origin", ("none",), (("optimizers.discriminator.kind", "sgd"),)),
    Arm("weight decay", "origin", ("none",), (("optimizers.discriminator.weight_decay", 1e-3),)),
    Arm("latent 256", "origin", ("latent-size:latent_dim=256",)),
    Arm("skip above 0.7", "origin", ("d-skip:threshold=0.7",)),
    Arm("skip above 0.8", "origin", ("d-skip:threshold=0.8",)),
    Arm("skip above 0.9", "origin", ("d-skip:threshold=0.9",)),
    Arm("g-boost", "gates", ("g-boost",)),
    Arm("lr-control", "rates", ("lr-control",)),
    Arm("ttur", "rates", ("ttur",)),
    Arm("smoothing + noise", "inputs", ("label-smoothing", "instance-noise")),
    Arm("diff-augment", "inputs", ("diff-augment",)),
    Arm("ada", "inputs", ("ada",)),
    Arm("r1", "penalties", ("r1",)),
    Arm("r1r2", "penalties", ("r1r2",)),
    Arm("gradient penalty", "penalties", ("gradient-penalty",), (("discriminator.norm", "none"),)),
    Arm("lecam", "penalties", ("lecam",)),
    Arm("spectral norm", "body", ("spectral-norm",), (("loss.kind", "hinge"), ("discriminator.norm", "none"))),
    Arm("replay", "fakes", ("replay",)),
    Arm("top-k", "fakes", ("top-k",)),
    Arm("steady", "composition", ("steady",)),
    Arm("gentle", "composition", ("gentle",)),
    Arm("few-images", "composition", ("few-images",)),
)


def main() -> None:
    """Run what is asked for and not done, then write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--arms", nargs="*", default=[arm.name for arm in ARMS], help="names; all by default")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--runs", type=Path, default=Path("runs/balance-study"), help="where runs are kept")
    parser.add_argument("--write", action="store_true", help="only write the page")
    given = parser.parse_args()
    if not given.write:
        for seed in given.seeds:  # one seed of everything first: an early look at the whole table
            for arm in ARMS:
                if arm.name in given.arms and not result_path(arm, seed).exists():
                    result_path(arm, seed).parent.mkdir(exist_ok=True)
                    result = measure(arm, seed, given.runs)
                    result_path(arm, seed).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
                    print(f"{arm.name} seed {seed}: {result['end']:.3f}", flush=True)
    from page import write_page  # beside this file

    write_page()


def result_path(arm: Arm, seed: int) -> Path:
    """Where the result of a run is kept."""
    return RESULTS / f"{arm.name.replace(' ', '-')}-{seed}.json"


def measure(arm: Arm, seed: int, runs: Path) -> dict[str, object]:
    """Train, or go on training, one arm with one seed, and sum it up."""
    path = runs / f"{arm.name.replace(' ', '-')}-{seed}"
    started = time.perf_counter()
    if (path / "config.toml").exists():
        run = ganzoo.resume(path)
    else:
        run = ganzoo.run(
            "dcgan",
            balance=arm.balance,
            settings={**SETTINGS, **dict(arm.settings)},
            epochs=EPOCHS,
            seed=seed,
            out=path,
        )
    return summary(arm, seed, run, time.perf_counter() - started)


def summary(arm: Arm, seed: int, run: ganzoo.Run, seconds: float) -> dict[str, object]:
    """The figures of the table."""
    evaluations = [(event["data"]["images"], event["data"]["scores"][SCORE]) for event in run.directory.evaluations()]
    scores = [score for _, score in evaluations]
    last = run.metrics[-max(1, len(run.metrics) // 4) :]
    verdicts = [e["data"]["verdict"] for e in read_lines(run.directory.events) if e["kind"] == "verdict"]

    def mean(name: str) -> float:
        values = [tick["values"][name] for tick in last if tick["values"].get(name) is not None]
        return sum(values) / len(values) if values else float("nan")

    return {
        "arm": arm.name,
        "family": arm.family,
        "command": arm.command,
        "seed": seed,
        "best": min(scores),
        "end": scores[-1],
        "curve": evaluations,
        "accuracy": mean("accuracy"),
        "skip_rate": mean("skip_rate_discriminator"),
        "loss_discriminator": mean("loss_discriminator"),
        "loss_generator": mean("loss_generator"),
        "images_per_s": sorted(tick["images_per_s"] for tick in run.metrics)[len(run.metrics) // 2],
        "verdicts": [verdict for verdict in verdicts if verdict in set(Ailment)],
        "minutes": seconds / 60,
        "machine": f"{platform.machine()}, {platform.system()}",
    }


if __name__ == "__main__":
    main()
