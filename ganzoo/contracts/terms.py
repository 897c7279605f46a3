"""Whatever is added to a role's loss beyond the adversarial part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganzoo.contracts.batch import Batch, Origin, Role
from ganzoo.contracts.draws import Draws
from ganzoo.contracts.judgement import Judgement
from ganzoo.contracts.moments import Moment
from ganzoo.contracts.schedule import Scheduled

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts.discriminator import Discriminator
    from ganzoo.contracts.generator import Generator


@dataclass(frozen=True, slots=True)
class Seen:
    """One side of a batch on its way through D.

    Attributes:
        drawn: as it came from the data or the generator. Requires grad where a term declared `gradients_at`.
        seen: as D saw it, after every strategy's views.
        judgement: what D said of `seen`.
    """

    drawn: Batch
    seen: Batch
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class TermInput:
    """What a term may use.

    Attributes:
        moment: when.
        sides: `Origin.FAKE` always; `Origin.REAL` in D's turn, and in G's where a term `uses_real`.
        judge: D's further forward on a batch, with the extras asked for (interpolates, perturbed images).
        generator: G, for terms on its own map (path length).
        discriminator: D, for terms on its own weights.
        draws: random numbers of this term and step.
        mean_over_ranks: the mean of a tensor over all processes; itself on one.
    """

    moment: Moment
    sides: Mapping[Origin, Seen]
    judge: Callable[[Batch, frozenset[str]], Judgement]
    generator: Generator
    discriminator: Discriminator
    draws: Draws
    mean_over_ranks: Callable[[Tensor], Tensor]

    @property
    def real(self) -> Seen:
        """The reals' side."""
        return self.sides[Origin.REAL]

    @property
    def fake(self) -> Seen:
        """The fakes' side."""
        return self.sides[Origin.FAKE]


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """R1, path length, class loss, feature matching: a value an image, weighted, added to a role's loss.

    Attributes:
        name: as shown in the metrics, `r1`.
        role: whose loss it joins.
        value: [N] in float32, differentiable; computed only in updates that were allowed.
        weight: factor on the mean; may be scheduled over the images seen.
        every: computed in every n-th step only, then weighted n-fold (lazy regularisation, Karras et al. 2020).
        extras: what D must answer beside its logits.
        gradients_at: images at which the term takes gradients.
        uses_real: a term of G's that reads the reals' side.
    """

    name: str
    role: Role
    value: Callable[[TermInput], Tensor]
    weight: Scheduled = 1.0
    every: int = 1
    extras: frozenset[str] = frozenset()
    gradients_at: frozenset[Origin] = frozenset()
    uses_real: bool = False
