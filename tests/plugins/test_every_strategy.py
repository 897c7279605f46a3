"""What holds for every strategy there is: its contract, and that one which does nothing changes no bit of training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from zoo_under_test import BATCH, write_few_images

from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Moment
from ganzoo.plugin import BalancingSpec
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.testing import check_strategy
from ganzoo.training.session import build_session

STRATEGIES = {offer.spec.name: offer.spec for offer in catalogue().offers(Kind.BALANCE)}
AHEAD = 0.99
"""An accuracy above which the controllers below would act."""
NEUTRAL = (
    "d-skip:measure=logit-gap,threshold=1e9",
    f"g-boost:threshold={AHEAD}",
    f"lr-control:accuracy={AHEAD}",
    "lr-skew:ratio=1",
    "d-warmup:start=1",
    "update-ratio:discriminator=1,generator=1",
    "loss-control:gamma=1000",
    "gradient-clip:generator=1e9,discriminator=1e9",
    "weight-clip:limit=1e9",
    "capacity:generator=1,discriminator=1",
    "batch-size:factor=1",
)
TOGETHER = tuple(part for part in NEUTRAL if not part.startswith(("g-boost", "lr-control")))
"""Without those that would fight over D's accuracy, or over the plan."""
STEPS = 3

Outcome = tuple[dict[str, Tensor], float]
"""Every weight and buffer after a few steps, and the highest accuracy of D on the way."""


@pytest.mark.parametrize("name", STRATEGIES)
def test_it_keeps_the_contract(name: str) -> None:
    spec = STRATEGIES[name]
    assert isinstance(spec, BalancingSpec)
    check_strategy(spec)


@pytest.mark.parametrize("name", STRATEGIES)
def test_it_names_its_source_in_its_spec_and_in_its_docstring(name: str) -> None:
    spec = STRATEGIES[name]
    assert isinstance(spec, BalancingSpec)
    assert spec.source
    assert "Source:" in (type(spec.build(spec.config())).__doc__ or "") or name == "none"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...], int], Outcome]:
    """A tiny DCGAN with these strategies and this seed, after a few steps."""
    images = write_few_images(tmp_path_factory.mktemp("few"))
    torch.set_num_threads(1)
    return cache(lambda balance, seed: _after_a_few_steps(images, balance, seed))


def _after_a_few_steps(images: Path, balance: tuple[str, ...], seed: int) -> Outcome:
    chosen = (
        "data.image_size=16",
        "training.precision=fp32",
        "generator.width=8",
        "discriminator.width=8",
        f"training.batch_size={BATCH}",
        f"training.seed={seed}",
    )
    config = compose(Request(recipe="dcgan", data=str(images), balance=list(balance), settings=chosen), catalogue())
    config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
    step = build_session(config, catalogue()).step
    moment, accuracies = Moment(0, 0, BATCH, 24), [0.0]
    for _ in range(STEPS):
        turn = step(moment)
        accuracies += [float(value) for name, value in turn.values if name == "accuracy"]
        moment = replace(moment, step=moment.step + 1, images=moment.images + turn.images)
    networks = {"g": step.generator.network, "d": step.discriminator.network, "average": step.average.network}
    kept = {f"{of}.{name}": value for of, network in networks.items() for name, value in network.state_dict().items()}
    return kept, max(accuracies)


@pytest.mark.parametrize("balance", [*((part,) for part in NEUTRAL), TOGETHER], ids=" + ".join)
@settings(max_examples=3)
@given(seed=st.integers(0, 5))
def test_a_strategy_that_does_nothing_changes_no_bit_of_training(
    trained: Callable[[tuple[str, ...], int], Outcome], balance: tuple[str, ...], seed: int
) -> None:
    plain, accuracy = trained((), seed)
    assume(accuracy < AHEAD)
    other, _ = trained(balance, seed)
    assert plain.keys() == other.keys()
    assert all(torch.equal(plain[name], other[name]) for name in plain)
