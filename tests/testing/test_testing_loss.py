"""Each rule has a loss that breaks it, and the check says so."""

import pytest
from settings_under_test import PlainConfig

from ganzoo.contracts import Loss, Split
from ganzoo.errors import ContractError
from ganzoo.plugin import LossSpec
from ganzoo.testing import SeededDraws, check_loss


class Plain(Loss):
    """Least squares around 1 and 0, with every rule kept."""

    targets = (1.0, 0.0)

    def discriminator(self, real, fake, targets=None):
        at_real, at_fake = targets or self.targets
        return Split((real - at_real) ** 2, (fake - at_fake) ** 2)

    def generator(self, fake, real=None):
        return (fake - 1) ** 2

    def correct(self, real, fake):
        return Split(real > 0.5, fake < 0.5)


def check(loss: type[Loss], **said: bool) -> None:
    said = {"targets": loss.targets is not None, **said}
    check_loss(LossSpec(name="plain", summary="A test.", config=PlainConfig, build=lambda _: loss(), **said))


def test_a_plain_loss_keeps_the_contract_and_every_method_was_tried() -> None:
    tried = set()

    class Tried(Plain):
        def __getattribute__(self, name):
            tried.add(name)
            return super().__getattribute__(name)

    check(Tried)
    assert {"discriminator", "generator", "correct", "targets"} <= tried


def test_a_loss_that_takes_the_mean_itself_is_named() -> None:
    class Mean(Plain):
        def generator(self, fake, real=None):
            return super().generator(fake).mean()

    with pytest.raises(ContractError, match="G's loss has the shape of the logits"):
        check(Mean)


def test_a_loss_that_overflows_is_named() -> None:
    class Naive(Plain):
        targets = None

        def discriminator(self, real, fake, targets=None):
            return Split((1 + (-real).exp()).log(), (1 + fake.exp()).log())

    with pytest.raises(ContractError, match=r"finite at logits of \+-100 in torch.float32"):
        check(Naive)


def test_a_discriminator_that_learns_the_wrong_way_is_named() -> None:
    class Reversed(Plain):
        def discriminator(self, real, fake, targets=None):
            return super().discriminator(fake, real, targets)

    with pytest.raises(ContractError, match="D's loss falls when"):
        check(Reversed)


def test_a_generator_that_learns_the_wrong_way_is_named() -> None:
    class Reversed(Plain):
        def generator(self, fake, real=None):
            return fake

    with pytest.raises(ContractError, match="G's loss falls when any fake's logit rises"):
        check(Reversed)


def test_an_undeclared_dependence_on_the_batch_is_named() -> None:
    class Average(Plain):
        targets = None

        def discriminator(self, real, fake, targets=None):
            return Split((real - fake.mean() - 1) ** 2, (fake - real.mean() + 1) ** 2)

    with pytest.raises(ContractError, match="`whole_batch` is not declared"):
        check(Average)

    class Declared(Average):
        whole_batch = True

    check(Declared, compares=True)


def test_reals_declared_and_not_used_by_the_generator_are_named() -> None:
    class Idle(Plain):
        generator_uses_real = True

    with pytest.raises(ContractError, match="so G's loss depends on the reals"):
        check(Idle)


def test_targets_declared_and_not_used_are_named() -> None:
    class Deaf(Plain):
        def discriminator(self, real, fake, targets=None):
            return super().discriminator(real, fake)

    with pytest.raises(ContractError, match="softer ones change D's loss"):
        check(Deaf)


def test_default_targets_that_are_not_the_ones_used_are_named() -> None:
    class Other(Plain):
        targets = (0.9, 0.0)

        def discriminator(self, real, fake, targets=None):
            return Plain.discriminator(self, real, fake, targets or (1.0, 0.0))

    with pytest.raises(ContractError, match="its own default `targets`"):
        check(Other)


def test_an_accuracy_that_is_not_boolean_or_not_right_is_named() -> None:
    class Soft(Plain):
        def correct(self, real, fake):
            return Split(real.sigmoid(), 1 - fake.sigmoid())

    class Wrong(Plain):
        def correct(self, real, fake):
            return Split(real < 0, fake > 0)

    with pytest.raises(ContractError, match="is boolean"):
        check(Soft)
    with pytest.raises(ContractError, match="is True everywhere at real logits"):
        check(Wrong)


def test_seeded_draws_repeat_by_seed_and_purpose_and_differ_by_call() -> None:
    one, same, other = SeededDraws(4, 1, "a"), SeededDraws(4, 1, "a"), SeededDraws(4, 2, "a")
    first = one.normal(3)
    assert first.shape == (4, 3)
    assert first.equal(same.normal(3))
    assert not first.equal(one.normal(3))
    assert not first.equal(other.normal(3))
    assert one.named("b").uniform().equal(same.named("b").uniform())
    assert not one.named("b").uniform().equal(one.named("c").uniform())
    assert set(one.integers(2, 50).unique().tolist()) == {0, 1}


@pytest.mark.parametrize("said", [True, False])
def test_a_spec_that_says_of_targets_what_the_loss_does_not_is_named(said: bool) -> None:
    class Own(Plain):
        """A loss whose targets are not those its spec tells."""

        targets = None if said else (1.0, 0.0)

    with pytest.raises(ContractError, match="`targets=True` if and only if"):
        check_loss(LossSpec(name="plain", summary="A test.", config=PlainConfig, build=lambda _: Own(), targets=said))


@pytest.mark.parametrize("said", [True, False])
def test_a_spec_that_says_of_comparing_what_the_loss_does_not_is_named(said: bool) -> None:
    class Critic(Plain):
        """The critic's scores of fakes less those of reals; or least squares, which has a middle."""

        targets = None

        def discriminator(self, real, fake, targets=None):
            return Split((real - 1) ** 2, fake**2) if said else Split(-real, fake.clone())

    with pytest.raises(ContractError, match="`compares=True` if and only if"):
        check(Critic, compares=said)
