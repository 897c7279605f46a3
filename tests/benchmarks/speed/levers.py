"""What each optimisation brings: taken out of all of them, and added to the textbook's step alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

from bare import ALL, HERE, Levers
from making import folder_of_faces
from measuring import Figure, Row, Scale, by_turns, ratio
from worker import Worker

WIDTH = 32
BLOCK_S = 1.5
"""Shorter than elsewhere: twenty ways take their turns."""
SAID = {
    "bf16": "forwards in bf16, where the machine multiplies it in hardware; rounds to 8 bits",
    "channels_last": "channels last in memory; the same to rounding",
    "fused_adam": "Adam in one kernel, by default a loop over parameters on a CPU; the same to rounding",
    "frozen_d": "D frozen in G's step, so that no gradient of its weights is computed; the same",
    "one_backward": "one backward for D's two losses; the same to rounding",
    "reused_fakes": "G learns from the fakes that D has just judged; the textbook does so too",
    "images_in_memory": "images decoded once and held in memory as bytes; the same",
    "numbers_once_a_tick": "losses read once a tick, not in every step; the same",
    "kept_memory": "freed tensors stay in the process; the same",
}
ROWS = tuple(Row(f"{kind}-{name}", text, None, unit="") for kind in ("without", "alone") for name, text in SAID.items())


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """Time of a step at 64 px, width 32: without one lever over with all; with one alone over the textbook's."""
    folder = folder_of_faces(scale.work, 64, 2048)
    none = Levers()
    arms = {f"without-{name}": replace(ALL, **{name: False}) for name in HERE}
    alone = {f"alone-{name}": replace(none, **{name: not getattr(none, name)}) for name in HERE}
    with (
        Worker(folder, 64, WIDTH, keep=True) as keeps,
        Worker(folder, 64, WIDTH, keep=False) as gives_back,
    ):
        one = keeps.steps(asdict(ALL), 1)
        one()
        steps = scale.block(one(), 2, 1, BLOCK_S)
        ways: dict[str, Callable[[], float]] = {"all": keeps.steps(asdict(ALL), steps)}
        ways |= {name: keeps.steps(asdict(levers), steps) for name, levers in arms.items()}
        ways |= {"without-kept_memory": gives_back.steps(asdict(ALL), steps)}
        ways |= {"none": gives_back.steps(asdict(none), steps)}
        ways |= {name: gives_back.steps(asdict(levers), steps) for name, levers in alone.items()}
        ways |= {"alone-kept_memory": keeps.steps(asdict(none), steps)}
        found = by_turns(ways, scale.rounds())
    for kind, under in (("without", "all"), ("alone", "none")):
        for name in (*HERE, "kept_memory"):
            yield f"{kind}-{name}", ratio(found[f"{kind}-{name}"], found[under])
