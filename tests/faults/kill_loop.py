"""Kill a run again and again, at any moment, and see that it ends where the run nobody killed ends.

    python tests/faults/kill_loop.py --kills 50

A run of some seconds (16 px, width 8, several strategies, saved, scored and drawn every few steps) is begun in a
process of its own and killed with SIGKILL, at a random moment or in a phase that is aimed at, saving or scoring for
example. It is resumed and killed again. A run that gets to its end is compared with
the uninterrupted one, and another one is begun, until all kills are delivered; the last run is then left in peace.

Compared are: the sha256 of all weights and optimisers' moments, metrics.jsonl line by line but for the wall clock,
every drawn grid byte by byte, and the events. After every kill, every checkpoint on disk is verified.

The processes are forked from one that has imported torch already: a start then takes milliseconds instead of seconds.
The parent runs no tensor operation, so a child begins as a fresh interpreter would, with one thread.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import RawArray, RawValue
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import ganzoo
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.checkpoints import LATEST, pointed_at
from ganzoo.training.evaluating import Evaluations
from ganzoo.training.loop import Training
from ganzoo.training.manifest import sha256, verify

PHASES = ("starting", "training", "saving", "evaluating", "drawing", "reporting")
METHODS: tuple[tuple[type, str, str], ...] = (
    (Training, "train", "training"),
    (Training, "save", "saving"),
    (Evaluations, "while_training", "evaluating"),
    (Evaluations, "at_end", "evaluating"),
    (Training, "draw_samples", "drawing"),
    (Training, "draw_report", "reporting"),
)
"""What is called in which phase; whatever comes before the first is starting."""
REPEATED = frozenset({"saving", "evaluating", "drawing"})
AIMED_AT = ("starting", "saving", "saving", "saving", "evaluating", "drawing")
LEVERS = (
    ("ada:kimg=0.5,target=0.1", "replay:size=64", "lecam", "loss-control", "d-dropout"),
    ("lr-control:integral=0.1", "replay:size=48", "lecam", "instance-noise", "lr-skew:ratio=0.5"),
    ("d-skip:threshold=0.6,smoothing=0.5", "replay:size=32", "diff-augment", "r1"),
)
"""Strategies of the runs, in turn; two controllers of D's accuracy exclude one another."""
SLOW_TO_IMPORT = (
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "imageio.v3",
    "ganzoo.training.forking",
)
WALL_CLOCK = frozenset({"images_per_s", "seconds", "elapsed_s"})
SETTINGS: dict[str, object] = {
    "training.precision": "fp32",
    "training.batch_size": 8,
    "generator.width": 8,
    "discriminator.width": 8,
    "data.image_size": 16,
    "data.horizontal_flip": True,
    "samples.count": 9,
    "samples.every_kimg": 0.12,
    "evaluation.every_kimg": 0.2,
    "evaluation.images": 32,
    "evaluation.budget": None,
    "checkpoints.every_kimg": 0.048,
    "checkpoints.every_minutes": None,
    "checkpoints.keep_every_kimg": 0.5,
    "logging.tick_steps": 5,
}


class Watch:
    """Memory that parent and child share: the phase the child is in, and how long phases last."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.phase = RawValue("i", 0)
        self.entered = RawArray("i", len(PHASES))
        self.seconds = RawArray("d", len(PHASES))

    def enter(self, phase: str) -> None:
        """The child says where it is."""
        self.phase.value = PHASES.index(phase)
        self.entered[self.phase.value] += 1

    def mean_seconds(self, phase: str) -> float:
        """How long such a phase lasts."""
        index = PHASES.index(phase)
        return self.seconds[index] / max(1, self.entered[index])

    def hook(self) -> None:
        """Let the loop say where it is; only in a child."""
        for owner, method, phase in METHODS:
            setattr(owner, method, self._around(getattr(owner, method), phase))

    def _around(self, method: Callable[..., object], phase: str) -> Callable[..., object]:
        def watched(*arguments: object, **more: object) -> object:
            before, started = PHASES[self.phase.value], time.monotonic()
            if before == "starting":
                self.seconds[PHASES.index(before)] += started - self.begun
            self.enter(phase)
            try:
                return method(*arguments, **more)
            finally:
                self.seconds[PHASES.index(phase)] += time.monotonic() - started
                self.phase.value = PHASES.index(before)

        return watched


@dataclass
class Summary:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    resumed: int = 0
    finished: int = 0
    verified: int = 0
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        by_phase = ", ".join(f"{phase} {self.kills[phase]}" for phase in PHASES)
        return "\n".join(
            [
                f"kills                 {self.kills.total()}  ({by_phase})",
                f"runs begun            {self.begun}",
                f"resumes               {self.resumed}",
                f"runs finished         {self.finished}",
                f"checkpoints verified  {self.verified}",
                f"differences           {len(self.differences)}",
                *(f"  {difference}" for difference in self.differences),
                f"seconds               {self.seconds:.0f}",
            ]
        )


def kill_loop(
    folder: Path, kills: int, seed: int = 0, steps: int = 150, kills_a_run: int = 8, variants: int = len(LEVERS)
) -> Summary:
    """Run, kill, resume, compare.

    Args:
        folder: where runs are made; empty.
        kills: to deliver.
        seed: of the moments.
        steps: of a run.
        kills_a_run: roughly how often a run is killed before it gets to its end.
        variants: how many of `LEVERS` are used in turn.
    """
    warm_up()
    moments, started = random.Random(seed), time.monotonic()
    make_photos(folder / "photos")
    summary = Summary()
    watches: list[Watch] = []
    lengths: list[float] = []
    for variant in range(variants):
        watches.append(Watch())
        began = time.monotonic()
        assert not live(folder, f"reference-{variant}", variant, steps, watches[-1], lambda: None), "it finished"
        lengths.append(time.monotonic() - began)
    number = 0
    while summary.kills.total() < kills or number_is_unfinished(folder, number):
        variant = number % variants
        name = f"run-{number}"
        resumes = (folder / name / "config.toml").exists()
        summary.begun += not resumes
        summary.resumed += resumes
        killed_in = ""
        if summary.kills.total() < kills:
            killed_in = killed(folder, name, variant, steps, watches[variant], lengths[variant] / kills_a_run, moments)
        else:
            live(folder, name, variant, steps, Watch(), lambda: None)
        if killed_in:
            summary.kills[killed_in] += 1
            summary.verified += verify_all(folder / name, summary)
            continue
        summary.finished += 1
        summary.differences += compared(folder / f"reference-{variant}", folder / name)
        number += 1
    summary.seconds = time.monotonic() - started
    return summary


def warm_up() -> None:
    """Import what a run imports on its way, so that every child has it."""
    torch.set_num_threads(1)
    for name in SLOW_TO_IMPORT:
        importlib.import_module(name)
    catalogue()


def number_is_unfinished(folder: Path, number: int) -> bool:
    """Whether a run was begun, and killed since."""
    return (folder / f"run-{number}").exists()


def killed(
    folder: Path, name: str, variant: int, steps: int, known: Watch, within_s: float, moments: random.Random
) -> str:
    """Let a run live for a while and kill it; the phase it died in, or "" where it ended before."""
    watch = Watch()
    aim = moments.choice(AIMED_AT) if moments.random() < 0.6 else ""
    times = moments.randint(1, 3)
    delay = moments.uniform(0, 0.7 * known.mean_seconds(aim) if aim in REPEATED else 2 * within_s)
    if aim == "starting":
        delay = moments.uniform(0, 1.2 * known.mean_seconds(aim))
    started = time.monotonic()
    reached: list[float] = []

    def due() -> bool:
        if not aim:
            return time.monotonic() - started > delay
        if not reached and watch.entered[PHASES.index(aim)] >= (times if aim in REPEATED else 1):
            reached.append(time.monotonic())
        return bool(reached) and time.monotonic() - reached[0] > delay

    if live(folder, name, variant, steps, watch, due):
        return PHASES[watch.phase.value]
    return ""


def live(folder: Path, name: str, variant: int, steps: int, watch: Watch, due: Callable[[], object]) -> bool:
    """Begin a run or go on with it in a child, until it ends or a kill is due; whether it was killed.

    Raises:
        RuntimeError: the child ended by itself with an error.
    """
    child = os.fork()
    if child == 0:
        code = 1
        try:
            watch.enter("starting")
            watch.hook()
            begin_or_go_on(folder, name, variant, steps)
            code = 0
        except BaseException:  # noqa: BLE001 - told, and its status is not 0
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)  # no cleaning up that is the parent's
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if status:
                raise RuntimeError(f"{name} ended by itself with status {status}")
            return False
        if due():
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            return os.WIFSIGNALED(status)
        time.sleep(0.0002)


def begin_or_go_on(folder: Path, name: str, variant: int, steps: int) -> None:
    """What a user would type."""
    run = folder / name
    if (run / "config.toml").exists():
        ganzoo.resume(run)
        return
    ganzoo.run(
        "dcgan",
        preset="try",
        data=folder / "photos",
        balance=LEVERS[variant],
        metrics=["ssim:pairs=8"],
        settings=SETTINGS,
        steps=steps,
        out=run,
    )


def verify_all(run: Path, summary: Summary) -> int:
    """Every checkpoint of the run is whole, whenever it was killed; how many there are."""
    found = checkpoints_of(run)
    for path in found:
        try:
            verify(path)
        except ganzoo.UsageError as error:
            summary.differences.append(f"{run.name}: {error}")
    return len(found)


def compared(reference: Path, run: Path) -> list[str]:
    """What differs, in words.

    A kill after the last save, before what is no longer kept was removed, leaves a checkpoint more: that is no loss.
    """
    more = {path.name for path in checkpoints_of(run)} - {path.name for path in checkpoints_of(reference)}
    for name in more:
        shutil.rmtree(run / "checkpoints" / name)
    return [
        f"{run.name}: {what}"
        for what, read in {
            "weights": weights,
            "metrics.jsonl": numbers,
            "events.jsonl": events,
            "grids": grids,
            "config.toml": lambda path: (path / "config.toml").read_text(),
            "files": files,
        }.items()
        if read(reference) != read(run)
    ]


def checkpoints_of(run: Path) -> list[Path]:
    """Those that are kept, in order."""
    return sorted((run / "checkpoints").glob("step-*"))


def weights(run: Path) -> dict[str, dict[str, str]]:
    """sha256 of the networks and of the optimisers' and strategies' tensors, of every checkpoint that is kept."""
    checkpoints = checkpoints_of(run)
    assert checkpoints[-1].name == pointed_at(run / "checkpoints", LATEST)
    return {path.name: {file.name: sha256(file) for file in sorted(path.glob("*.safetensors"))} for path in checkpoints}


def numbers(run: Path) -> list[dict[str, object]]:
    """metrics.jsonl without the wall clock; every line is JSON."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name not in WALL_CLOCK} for line in lines]


def events(run: Path) -> list[tuple[object, ...]]:
    """What happened, without the resumes and the wall clock."""
    found: list[tuple[object, ...]] = []
    for line in (run / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        said = event["message"] if event["kind"] in ("configured", "decision", "verdict", "checkpoint", "fault") else ""
        if event["kind"] != "resumed":
            found.append((event["kind"], event["step"], said, event["data"].get("scores")))
    return found


def grids(run: Path) -> dict[str, str]:
    """sha256 of each drawn grid."""
    return {path.name: sha256(path) for path in sorted((run / "samples").iterdir())}


def files(run: Path) -> list[str]:
    """Names of all there is: nothing half done is left."""
    return sorted(str(path.relative_to(run)) for path in run.rglob("*"))


def make_photos(folder: Path) -> None:
    """Forty small pictures."""
    folder.mkdir(parents=True)
    drawn = np.random.default_rng(0)
    for index in range(40):
        Image.fromarray(drawn.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{index:02d}.png")


def main() -> int:
    """0 where nothing differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=150, help="of a run")
    parser.add_argument("--variants", type=int, default=len(LEVERS), help="sets of strategies, in turn")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-loop-") as folder:
        os.environ.setdefault("GANZOO_CACHE", str(Path(folder) / "cache"))
        summary = kill_loop(
            Path(folder) / "runs", arguments.kills, arguments.seed, arguments.steps, variants=arguments.variants
        )
    sys.stdout.write(f"{summary}\n")
    return 1 if summary.differences else 0


if __name__ == "__main__":
    sys.exit(main())
