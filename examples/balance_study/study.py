"""The balance study: every lever on the same DCGAN, the same images, the same budget, three seeds.

    python examples/balance_study/study.py                     everything that is not done yet (hours)
    python examples/balance_study/study.py --arms none steady  these arms only
    python examples/balance_study/study.py --speed             what each lever costs, on an idle machine (minutes)
    python examples/balance_study/study.py --write             only the page, from the results so far

Each finished run leaves one small JSON file in `results/`, and a strip of its samples, which are committed: the study
goes on where it stopped, on whatever machine. An interrupted run is resumed. The page is
`docs/explanation/balance-study.md`. Speed is measured apart, each lever in turn with the plain run: the runs of the
study may share their machine with other work.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from PIL import Image

import ganzoo
from ganzoo.config.tables import look
from ganzoo.contracts.ailments import Ailment
from ganzoo.runs.logs import read_lines

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SCORE = "kd-efficientnet-lite0"
EPOCHS = 20
EVERY_KIMG = 16.0
STRIP = 10
"""Samples of a run that are kept for the page."""
SPEED_STEPS = 60
SETTINGS = {
    "data.image_size": 32,
    "generator.width": 32,
    "discriminator.width": 32,
    "evaluation.every_kimg": EVERY_KIMG,
    "evaluation.images": 1024,
    "evaluation.budget": "none",
    "samples.every_kimg": 8.0,
    "checkpoints.every_kimg": 32.0,
}


def as_typed(value: object) -> str:
    """A setting as `--set` takes it; tables as TOML writes them in a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_typed(item)}" for key, item in value.items()) + "}"
    return str(value)


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
        flags += [f"--set {shlex.quote(f'{path}={as_typed(value)}')}" for path, value in self.settings]
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
    Arm("feature matching", "influence", ("feature-matching",)),
    Arm("loss-control", "influence", ("loss-control",)),
    Arm(
        "gradient normalisation",
        "body",
        ("gradient-normalisation",),
        (("loss.kind", "hinge"), ("discriminator.norm", "none")),
    ),
    Arm("extragradient", "whole turns", ("extragradient",)),
    Arm("consensus", "whole turns", ("consensus",)),
    Arm("small batches", "body", ("batch-size",)),
    Arm("relativistic + r1r2", "penalties", ("r1r2",), (("loss.kind", "relativistic"), ("discriminator.norm", "none"))),
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
    parser.add_argument("--speed", action="store_true", help="only measure what each lever costs")
    parser.add_argument("--write", action="store_true", help="only write the page")
    given = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    asked = [arm for arm in ARMS if arm.name in given.arms]
    if given.speed:
        measure_speed(asked, given.runs)
    elif not given.write:
        for seed in given.seeds:  # one seed of everything first: an early look at the whole table
            for arm in asked:
                if not result_path(arm, seed).exists():
                    result = measure(arm, seed, given.runs)
                    result_path(arm, seed).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
                    print(f"{arm.name} seed {seed}: {result['end']:.3f}", flush=True)
    from page import write_page  # beside this file

    write_page()


def result_path(arm: Arm, seed: int) -> Path:
    """Where the result of a run is kept."""
    return RESULTS / f"{arm.name.replace(' ', '-')}-{seed}.json"


def strip_path(arm: Arm, seed: int) -> Path:
    """Where a run's last samples are kept."""
    return result_path(arm, seed).with_suffix(".png")


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
    keep_strip(run, strip_path(arm, seed))
    return summary(arm, seed, run, time.perf_counter() - started)


def keep_strip(run: ganzoo.Run, path: Path) -> None:
    """The first samples of the averaged generator, side by side."""
    images = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in run.sample(STRIP)]
    strip = Image.new("RGB", (sum(image.width for image in images), images[0].height))
    for index, image in enumerate(images):
        strip.paste(image, (index * image.width, 0))
    strip.save(path, optimize=True)


def measure_speed(arms: Sequence[Arm], runs: Path) -> None:
    """Images a second of each lever, as a share of the plain run's just before and after it."""
    path = RESULTS / "speed.json"
    shares: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    before = images_per_s(ARMS[0], runs)
    for arm in arms:
        if arm.name not in shares:
            own, after = images_per_s(arm, runs), images_per_s(ARMS[0], runs)
            shares[arm.name] = 2 * own / (before + after)
            path.write_text(json.dumps(shares, indent=1) + "\n", encoding="utf-8")
            print(f"{arm.name}: {shares[arm.name]:.2f} of the plain run's {after:.0f} images/s", flush=True)
            before = after


def images_per_s(arm: Arm, runs: Path) -> float:
    """The median tick's, of a short run that neither evaluates nor draws."""
    path = runs / f"speed-{arm.name.replace(' ', '-')}-{time.monotonic_ns()}"
    quiet = {"evaluation.every_kimg": "none", "evaluation.at_end": False, "samples.every_kimg": 1e6}
    settings = {**SETTINGS, **quiet, **dict(arm.settings)}
    run = ganzoo.run("dcgan", balance=arm.balance, settings=settings, steps=SPEED_STEPS, out=path)
    speeds = sorted(tick["images_per_s"] for tick in run.metrics)
    return speeds[len(speeds) // 2]


def summary(arm: Arm, seed: int, run: ganzoo.Run, seconds: float) -> dict[str, object]:
    """The figures of the table."""
    evaluations = [(event["data"]["images"], event["data"]["scores"][SCORE]) for event in run.directory.evaluations()]
    scores = [score for _, score in evaluations]
    last = run.metrics[-max(1, len(run.metrics) // 4) :]
    verdicts = [
        (event["data"]["verdict"], event["data"]["since"])
        for event in read_lines(run.directory.events)
        if event["kind"] == "verdict" and event["data"]["verdict"] in set(Ailment)
    ]

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
        "verdicts": verdicts,
        "minutes": seconds / 60,
        "machine": machine(),
        "budget": look(tomllib.loads(run.directory.config.read_text(encoding="utf-8")), "evaluation.budget"),
    }


def machine() -> str:
    """`AMD EPYC 7763, 2 cores, Linux, torch 2.10.0`: what speed and the last digits depend on."""
    info = Path("/proc/cpuinfo")  # platform.processor() is empty on most Linux
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, torch {version('torch')}"


if __name__ == "__main__":
    main()
