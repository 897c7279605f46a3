"""Images a second against the textbook loop."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bare import FAST_BF16
from making import BATCH, folder_of_faces, session_of
from measuring import Figure, Row, Scale, Target, by_turns, ratio, seconds
from worker import Worker

from ganzoo.contracts import Moment
from ganzoo.training.memory import keep_freed_memory
from ganzoo.training.numbers import TickNumbers
from ganzoo.training.session import Session

WIDTH, QUICK_WIDTH = 64, 32
ARITHMETIC = (
    "a step is mostly arithmetic that both loops do alike (below: its share of a large product's rate, and how much "
    "faster bf16 is than fp32 where there is bf16); of the textbook's twelve units of it ganzoo saves one, D's weights "
    "in G's step, and beside it copies of memory, the optimiser's loop and the decoding"
)
ROWS = (
    Row(
        "dcgan-64",
        "DCGAN 64 px, width 64, batch 64, default precision, with data loading",
        Target(2.5, "x"),
        missed=ARITHMETIC,
    ),
    Row("dcgan-64-fp32", "the same in fp32", Target(1.4, "x"), missed=ARITHMETIC),
    Row(
        "dcgan-32",
        "DCGAN 32 px, width 64, batch 64, default precision, with data loading",
        Target(2.5, "x"),
        missed=ARITHMETIC,
    ),
)


class Running:
    """A session that is trained a few steps at a time; its numbers are read at each tick, as in a run."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.moment = Moment(0, 0, session.effective.training.batch_size, session.images)
        self.numbers = TickNumbers()

    def step(self) -> None:
        """One."""
        turn = self.session.step(self.moment)
        self.moment = replace(self.moment, step=self.moment.step + 1, images=self.moment.images + turn.images)
        self.numbers.add(turn)
        if self.moment.step % self.session.effective.logging.tick_steps == 0:
            self.numbers.read()

    def steps(self, count: int) -> Callable[[], float]:
        """A function that trains so many: seconds a step."""
        return lambda: seconds(lambda: [self.step() for _ in range(count)]) / count


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """All rows, a size after the other."""
    keep_freed_memory()
    most = {64: (8, 2), 32: (20, 5)}
    for size, precisions in ((64, ("auto", "fp32")), (32, ("auto",))):
        folder = folder_of_faces(scale.work, size, 2048)
        different = precisions if FAST_BF16 else precisions[:1]  # without it the default is fp32
        found = _by_turns(folder, size, different, most[size], scale)
        found = {**dict.fromkeys(precisions, found["auto"]), **found}
        for precision in precisions:
            name = f"dcgan-{size}" + ("" if precision == "auto" else f"-{precision}")
            speeds = {way: round(BATCH / statistics.median(times), 1) for way, times in found.items()}
            facts = {"images_per_s": speeds[precision], "textbook_images_per_s": speeds["textbook"]}
            yield name, ratio(found["textbook"], found[precision], **facts)


def _by_turns(
    folder: Path, size: int, precisions: tuple[str, ...], most: tuple[int, int], scale: Scale
) -> dict[str, list[float]]:
    width = scale.of(WIDTH, QUICK_WIDTH)
    with Worker(folder, size, width, keep=False) as textbook:
        one = textbook.steps("textbook", 1)
        one()
        steps = scale.block(one(), *most)
        ways = {"textbook": textbook.steps("textbook", steps)}
        for precision in precisions:
            session = session_of(size, width, f"training.precision={precision}", data=folder)
            ways[precision] = Running(session).steps(steps)
        return by_turns(ways, scale.rounds())
