"""What strategies are told (when it is, what the forward showed) and what they answer (a plan, a decision)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Never

from ganzoo.contracts.batch import Role
from ganzoo.errors import ContractError

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the run stands at the start of a step.

    Attributes:
        step: turns of the loop done so far.
        images: real images seen so far.
        batch_size: global images a batch.
        dataset_size: images in the data set.
    """

    step: int
    images: int
    batch_size: int
    dataset_size: int

    @property
    def kimg(self) -> float:
        """Thousand real images seen."""
        return self.images / 1000

    @property
    def epoch(self) -> float:
        """Passes over the data set so far, as a fraction."""
        return self.images / self.dataset_size


@dataclass(frozen=True, slots=True)
class Plan:
    """Updates in one step. The first generator update follows the last discriminator update.

    Attributes:
        reason: why this many, for a plan that answers to what happened and so changes between turns; becomes an event.
    """

    discriminator_updates: int = 1
    generator_updates: int = 1
    reason: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no to an update. A no carries its reason, which becomes an event."""

    allowed: bool
    reason: str = ""


ALLOW = Decision(allowed=True)


def refuse(reason: str) -> Decision:
    """No, because."""
    return Decision(allowed=False, reason=reason)


class Observation:
    """What one forward showed, global over all processes.

    The tensors stay on the device. The numbers are read back together, once, at the first one asked for; a strategy
    that asks declares `reads_numbers`, so that a run without such a strategy never waits for the device.

    Attributes:
        role: whose update this forward belongs to.
        moment: when.
        tensors: 0-dim float tensors: `loss`, `loss_real`, `loss_fake` (D), `accuracy`, `accuracy_real`,
            `accuracy_fake` (shares in [0, 1], right as the loss defines it), `logit_real`, `logit_fake` (means),
            `sign_real` (mean sign of D on reals, counted from `Loss.undecided`, in [-1, 1]), `saturation` (share of
            judgements that are more than 99 % sure, as a sigmoid reads logits). What a role's forward does not show is
            absent: the generator's observation has `logit_real` only where its loss uses reals.
    """

    __slots__ = ("_numbers", "_readable", "moment", "role", "tensors")

    def __init__(self, role: Role, moment: Moment, tensors: Mapping[str, Tensor], *, readable: bool = True) -> None:
        self.role = role
        self.moment = moment
        self.tensors = tensors
        self._readable = readable
        self._numbers: dict[str, float] | None = None

    def __getitem__(self, name: str) -> float:
        """One of `tensors` as a number."""
        if not self._readable:
            raise ContractError(
                f"`{name}` of an observation was read as a number by a strategy that did not declare it",
                hint="set `reads_numbers = True` on the strategy's class: reading waits for the device",
            )
        if self._numbers is None:
            import torch  # already loaded where tensors exist

            values = torch.stack([value.detach().float() for value in self.tensors.values()]).tolist()
            self._numbers = dict(zip(self.tensors, values, strict=True))
        try:
            return self._numbers[name]
        except KeyError:
            there = ", ".join(sorted(self._numbers))
            raise ContractError(f"the {self.role}'s observation has no `{name}`", hint=f"it has {there}") from None

    def __getattr__(self, name: str) -> Never:
        there = ", ".join(attribute for attribute in dir(type(self)) if not attribute.startswith("_"))
        raise AttributeError(f"an observation has no `{name}`; it has {there}, and by name observation['loss'] ...")

    @property
    def accuracy(self) -> float:
        """Share of images that D judges right, as the loss defines right, in [0, 1]."""
        return self["accuracy"]

    @property
    def loss(self) -> float:
        """The role's adversarial loss, without terms."""
        return self["loss"]

    @property
    def logit_gap(self) -> float:
        """Mean logit of reals minus mean logit of fakes."""
        return self["logit_real"] - self["logit_fake"]
