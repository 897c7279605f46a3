"""A balancing strategy decides and says why; the loop acts."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from ganzoo.contracts.batch import Batch, Origin, Role
from ganzoo.contracts.draws import Draws
from ganzoo.contracts.game import Game
from ganzoo.contracts.moments import ALLOW, Decision, Moment, Observation, Plan
from ganzoo.contracts.settings import Settings
from ganzoo.contracts.terms import Term

if TYPE_CHECKING:
    from torch import Tensor, nn


class ViewStage(IntEnum):
    """The order in which several strategies change what D sees."""

    SELECT = 0
    AUGMENT = 1
    NOISE = 2
    PACK = 3


class Views(NamedTuple):
    """The two batches as D will see them. `real` is None in G's turn where nothing needs reals."""

    real: Batch | None
    fake: Batch


class BalancingStrategy(ABC):  # noqa: B024 - every method has a neutral default: an author writes the one that matters
    """One lever on the balance between G and D.

    Every method has a neutral default; write the one or two that matter. State changes only in `views`, a term's
    `value`, and `observe`; everything else is a pure question that may be asked again.

    Attributes:
        reads_numbers: the strategy reads numbers, of an `Observation` or of any tensor, which waits for the device.
        view_stage: where in the order its `views` belongs.
        max_consecutive_skips: the loop allows an update after this many refused in a row; None: no cap.
    """

    reads_numbers: ClassVar[bool] = False
    view_stage: ClassVar[ViewStage] = ViewStage.AUGMENT
    max_consecutive_skips: int | None = None

    # Before anything is built

    def configure(self, settings: Settings) -> Mapping[str, object]:
        """Changed settings by dotted path, `{"generator.width": 128}`: widths, dropout, latent size, rates.

        Several strategies: in order. Two that set one path to different values are an error that names both.
        """
        return {}

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """The network parametrised, wrapped, or partly frozen: spectral norm, gradient normalisation."""
        return network

    def terms(self) -> Sequence[Term]:
        """What is added to the roles' losses; asked once, at the start."""
        return ()

    # Each step

    def plan(self, moment: Moment) -> Plan | None:
        """Updates of D and of G in this step; None: no opinion. Two strategies with one are an error."""
        return None

    def play(self, game: Game) -> bool:
        """Play this whole turn with `game` and answer True; False: an ordinary turn. One owner; excludes gates."""
        return False

    def rate(self, role: Role, moment: Moment) -> float:
        """A factor on the role's learning rate. Several: the product, always from the base rate."""
        return 1.0

    def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
        """The batches as D sees them, differentiably, real and fake alike. Several: in the order of `view_stage`."""
        return Views(real, fake)

    def targets(self, targets: Tensor, origin: Origin, role: Role, draws: Draws) -> Tensor:
        """Label targets [N] in [0, 1]. Several: chained. A loss without targets is an error at the start."""
        return targets

    def weights(self, logits: Tensor, origin: Origin, role: Role) -> Tensor | float:
        """A weight an image, [N], or one for all, on the adversarial loss. Several: the product."""
        return 1.0

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """Yes, or no with a reason, after the forward and before the backward.

        Several: logical and. G is asked before its forward, with the observation of D's last forward in this step.
        """
        return ALLOW

    def around_apply(self, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]) -> None:
        """Something before and after the optimiser's step: clipping, projection, lookahead. Must call `apply` once.

        Several: nested, the first one outermost; after the check that all gradients are finite.
        """
        apply()

    def observe(self, observation: Observation) -> None:
        """Remember something. Once a forward, before the gate is asked; numbers are global over all processes."""

    # Checkpoints

    def state_dict(self) -> dict[str, object]:
        """Plain numbers, strings, lists, dicts and tensors: all that `views`, `terms` and `observe` changed."""
        return {}

    def load_state_dict(self, state: Mapping[str, object]) -> None:
        """Go on where `state_dict` left off."""

    local_state: ClassVar[frozenset[str]] = frozenset()
    """Keys of `state_dict` that belong to one process and are saved by each."""
