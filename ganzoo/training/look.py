"""D's word on one batch, which may be shared by several processes and too large for the memory of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from ganzoo.contracts import Batch, Discriminator, Judgement, Origin
from ganzoo.contracts.terms import Seen
from ganzoo.training.parts import Part
from ganzoo.training.precision import Arithmetic, at_least_float32
from ganzoo.training.ranks import Ranks

Sides = Mapping[Origin, Seen]
"""What D saw and said, by side; the reals' side is absent where nothing needs it."""
Logits = Mapping[Origin, Tensor]
"""[B] or [B, J] by side, of the whole batch: all processes, all parts."""


def judged(
    discriminator: Discriminator, batch: Batch, arithmetic: Arithmetic, want: frozenset[str] = frozenset()
) -> Judgement:
    """One forward of D; logits in float32 whatever the arithmetic."""
    with arithmetic.forward():
        judgement: Judgement = discriminator(batch.images, batch.labels, want)
    return Judgement(at_least_float32(judgement.logits), judgement.extras)


class Look:
    """All logits of a batch first, since gates and losses of the whole batch need them; then each part with its graph.

    A process that judges its share at once keeps the graph of that. One that works in parts judges each without a
    graph, and then once more with one, when it is that part's turn: it never holds more than one part's graph, and
    every number is that of the whole batch.

    Args:
        parts: of this process's share, in order.
        judge: D's forward on a part; called again, it gives the same up to what every forward moves on: spectral norm's
            power iteration, in G, and in D where a term has judged in between.
        ranks: who else has a share.
        unmoved: around forwards that only look: no buffer moves.

    Attributes:
        logits: of everyone, on every rank the same bits. Gradients flow into this process's own, where it is in one
            part.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        judge: Callable[[Part], Sides],
        ranks: Ranks,
        unmoved: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._parts = parts
        self._judge = judge
        self.is_split = len(parts) > 1
        if self.is_split:
            with torch.no_grad(), unmoved():
                looks = [_logits(judge(part)) for part in parts]
            self._sides = None
            own = {origin: torch.cat([logits[origin] for logits in looks]) for origin in looks[0]}
        else:
            self._sides = judge(parts[0])
            own = _logits(self._sides)
        self._everyones = dict(zip(own, ranks.gathered(list(own.values())), strict=True))
        self.logits: Logits = self._everyones if self.is_split else self._with(parts[0], own)

    def parts(self) -> Iterator[tuple[Part, Sides, Logits]]:
        """Each part with its sides and everyone's logits, which gradients flow into at this part."""
        for part in self._parts:
            sides = self._sides if self._sides is not None else self._judge(part)
            yield part, sides, self._with(part, _logits(sides)) if self.is_split else self.logits

    def _with(self, part: Part, own: Logits) -> Logits:
        return {origin: part.among(self._everyones[origin], logits) for origin, logits in own.items()}


def _logits(sides: Sides) -> dict[Origin, Tensor]:
    return {origin: side.judgement.logits for origin, side in sides.items()}


def added_up(several: Iterable[list[Tensor]]) -> list[Tensor]:
    """The sum of several lists of gradients, one list in memory beside it at a time."""
    parts = iter(several)
    total = next(parts)
    for part in parts:
        torch._foreach_add_(total, part)
    return total
