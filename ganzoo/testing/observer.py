"""Does an observer keep its contract?"""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import torch

from ganzoo.contracts import Event, Observer, RunStart, Tick
from ganzoo.contracts.parts import ObserverConfig
from ganzoo.registry.specs import ObserverSpec
from ganzoo.testing.rules import Rules, check_described, check_documented

W = TypeVar("W", bound=ObserverConfig)

KINDS = ("decision", "verdict", "evaluation", "checkpoint", "configured", "resumed", "fault", "note", "a new kind")
OF_THE_RUN = ("config.toml", "metrics.jsonl", "events.jsonl", "samples/step-00000001.png")
"""Files that the run itself has written."""
TICKS = 6
# A PNG of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe0def46b8"
    "0000000049454e44ae426082"
)


def check_observer(spec: ObserverSpec[W], config: W | None = None) -> None:
    """Let it watch a run that begins, goes on in a new process, and fails: it raises nothing and changes nothing.

    It is told of the start first and of the end last, as in a run.

    Args:
        spec: the observer.
        config: its settings; by default their defaults.

    Raises:
        ContractError: a rule is broken.
        UsageError: a library it needs is not installed, as it says itself.
    """
    rules = Rules(spec)
    check_described(rules, spec)
    settings = config or spec.config()
    with TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        for name in OF_THE_RUN:
            (run / name).parent.mkdir(parents=True, exist_ok=True)
            (run / name).write_bytes(PIXEL if name.endswith(".png") else b"written by the run\n")
        before = {name: (run / name).read_bytes() for name in OF_THE_RUN}
        random_before = torch.random.get_rng_state()
        printed = io.StringIO()
        with redirect_stdout(printed):
            for first, status in ((0, "interrupted"), (TICKS, "finished"), (2 * TICKS, "failed")):
                observer = spec.build(settings, run)
                rules.require(isinstance(observer, Observer), "`build` gives an `Observer`", type(observer).__name__)
                check_documented(rules, observer)
                _watch(observer, run, first, status)
        after = {name: (run / name).read_bytes() if (run / name).is_file() else b"" for name in OF_THE_RUN}
    changed = [name for name in OF_THE_RUN if after[name] != before[name]]
    rules.require(not changed, "it leaves the run's own files as they are", ", ".join(changed))
    rules.require(
        torch.equal(random_before, torch.random.get_rng_state()),
        "it draws nothing from torch's default generator: a run with an observer is the run without it",
    )
    rules.require(
        not printed.getvalue(),
        "it prints nothing on standard output, which a program may read (`--json`); standard error is free",
        printed.getvalue()[:80],
    )


def _watch(observer: Observer, run: Path, first: int, status: str) -> None:
    config = {"recipe": "dcgan", "training": {"batch_size": 8, "stop": None}, "balance": {"d-skip": {}}}
    observer.start(RunStart(run, "dcgan on avatars, 64 px", config, ("2 images left out",), first, first * 8, 1000))
    if first:  # said on the way to the start, and told after it
        observer.event(Event("resumed", first, f"goes on from step {first}"))
    for step in range(first + 1, first + 1 + TICKS):
        # The first tick shows little: no update of D was made yet.
        values = {"accuracy": 0.5, "loss_discriminator": 1.4, "loss_generator": 0.7} if step > first + 1 else {}
        observer.tick(Tick(step, step * 8, values, 100.0, "healthy"))
        observer.images(step, run / "samples" / "step-00000001.png")
    for kind in KINDS:
        data = {"scores": {"kd": 1.5}} if kind == "evaluation" else {"reason": "a reason"}
        observer.event(Event(kind, first + TICKS, f"a {kind}", data))
    observer.end(status)
