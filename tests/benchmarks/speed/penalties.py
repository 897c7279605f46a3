"""What a penalty adds to a step, and what a refused update takes from it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from making import folder_of_faces, session_of
from measuring import Figure, Row, Scale, Target, by_turns, ratio
from training import Running

from ganzoo.contracts import ALLOW, BalancingStrategy, Decision, Observation, Role, refuse
from ganzoo.training.balance import Balance
from ganzoo.training.memory import keep_freed_memory

EVERY, FEW = 16, 6
"""Steps of a block: a lazy penalty's whole period, and of what is the same in each step."""
ROWS = (
    Row("r1", "R1 in every step, against a step without (D without batch norm)", Target(1.9, "x", at_most=True)),
    Row("r1-lazy", f"R1 in every {EVERY}th step, likewise", Target(1.15, "x", at_most=True)),
    Row("refused", "a step with a refused update of D, against a full one", Target(0.75, "x", at_most=True)),
)


class Refuses(BalancingStrategy):
    """Every update of D."""

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """No to D."""
        return refuse("always") if role is Role.DISCRIMINATOR else ALLOW


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """All rows."""
    keep_freed_memory()
    width = scale.of(32, 16)
    folder = folder_of_faces(scale.work, 64, 2048)
    bare = "discriminator.norm=none"
    arms = {"plain": ((), FEW), "r1": (("r1",), FEW), "r1-lazy": ((f"r1:every={EVERY}",), EVERY)}
    ways = {
        name: Running(session_of(64, width, bare, data=folder, balance=balance)).steps(steps)
        for name, (balance, steps) in arms.items()
    }
    found = by_turns(ways, scale.rounds())
    for name in ("r1", "r1-lazy"):
        yield name, ratio(found[name], found["plain"], width=width)

    full, refused = (session_of(64, width, data=folder) for _ in range(2))
    balance = Balance({"refuses": Refuses()})
    balance.start()
    object.__setattr__(refused.step, "balance", balance)
    steps = scale.block(statistics.median(found["plain"]), 10, 5)
    ways = {name: Running(s).steps(steps) for name, s in (("full", full), ("refused", refused))}
    found = by_turns(ways, scale.rounds())
    yield "refused", ratio(found["refused"], found["full"], width=width)
