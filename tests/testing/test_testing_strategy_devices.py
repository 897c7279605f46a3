"""What a strategy does to devices, and the check finds: tensors made elsewhere, and numbers read in secret."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from strategies_under_test import checked

from ganzoo.contracts import BalancingStrategy, Role, Term, Views
from ganzoo.errors import ContractError


def test_a_view_that_makes_tensors_elsewhere_than_its_images_is_named() -> None:
    class Homebound(BalancingStrategy):
        def views(self, real, fake, role, moment, draws):
            return Views(real, replace(fake, images=fake.images + torch.zeros(fake.images.shape)))

    with pytest.raises(ContractError, match="follows the device of its inputs"):
        checked(Homebound)


def test_a_term_that_makes_tensors_elsewhere_than_its_images_is_named() -> None:
    class Homebound(BalancingStrategy):
        def terms(self):
            def value(given):
                return given.real.judgement.logits * torch.ones(6)

            return [Term(name="own", role=Role.DISCRIMINATOR, value=value)]

    with pytest.raises(ContractError, match="the term `own` follows the device"):
        checked(Homebound)


def reading(where: str, how: Callable[[torch.Tensor], object]) -> type[BalancingStrategy]:
    """A strategy that waits for the device in one of its methods."""

    class Reading(BalancingStrategy):
        def views(self, real, fake, role, moment, draws):
            if where == "views":
                how(fake.images.detach().mean())
            return Views(real, fake)

        def weights(self, logits, origin, role):
            if where == "weights":
                how(logits.mean())
            return 1.0

        def observe(self, observation):
            if where == "observe":
                how(observation.tensors["loss"])

        def terms(self):
            def value(given):
                how(given.real.judgement.logits.detach().mean())
                return given.real.judgement.logits

            return [Term(name="own", role=Role.DISCRIMINATOR, value=value)] if where == "terms" else []

    return Reading


@pytest.mark.parametrize("how", [torch.Tensor.item, float, torch.Tensor.tolist, torch.Tensor.numpy])
@pytest.mark.parametrize("where", ["views", "weights", "observe", "terms"])
def test_a_hidden_wait_for_the_device_is_named(where: str, how: Callable[[torch.Tensor], object]) -> None:
    with pytest.raises(ContractError, match="reads numbers from the device"):
        checked(reading(where, how))


def test_a_declared_wait_for_the_device_is_allowed() -> None:
    read = []

    class Declared(reading("observe", lambda tensor: read.append(tensor.item()))):  # type: ignore[misc]  # made in a function
        reads_numbers = True

    checked(Declared)
    assert read
