"""The doctor's advice."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.contracts import Moment, Plan
from ganzoo.contracts.ailments import Ailment
from ganzoo.health.remedies import InUse, advise
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.session import build_session, configured

QUIET = {"training.precision": "fp32", "generator.width": 8, "discriminator.width": 8}


def using(*strategies: str) -> InUse:
    return InUse(frozenset(strategies))


def composed(recipe: str, data: str, *balance: str) -> RunConfig:
    """Narrow networks, no scores."""
    options = [Override(path, value, "the test") for path, value in QUIET.items()]
    if data != "ring8":
        options.append(Override("data.image_size", 32, "the test"))
    config = compose(Request(recipe=recipe, balance=list(balance), data=data, options=options), catalogue())
    return config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})


@pytest.mark.parametrize("ailment", list(Ailment))
def test_every_ailment_has_a_remedy_and_each_flag_can_be_copied(ailment: Ailment) -> None:
    advice = advise(ailment, InUse(), catalogue(), most=99)
    assert advice, "no lever helps against it"
    for each in advice:
        option, part = each.flag.split(" ")
        assert option == "--balance"
        config = compose(Request(recipe="dcgan", balance=[part]), catalogue())
        assert config.balance
        assert each.why


def test_a_lever_in_use_is_not_advised_again() -> None:
    flags = [advice.flag for advice in advise(Ailment.DISCRIMINATOR_OVERPOWERS, using("r1r2"), catalogue(), most=99)]
    assert "--balance r1r2" not in flags
    assert flags


def test_what_would_fight_a_lever_in_use_is_not_advised() -> None:
    flags = [advice.flag for advice in advise(Ailment.DISCRIMINATOR_OVERPOWERS, using("lr-control"), catalogue(), 99)]
    assert not any("d-skip" in flag for flag in flags)


@pytest.mark.parametrize("ailment", list(Ailment))
@pytest.mark.parametrize("used", ["steady", "gentle", "extragradient", "d-skip", "lr-control", "update-ratio", "ada"])
def test_what_is_advised_can_join_what_is_in_use(ailment: Ailment, used: str) -> None:
    config = compose(Request(recipe="dcgan", balance=[used]), catalogue())
    for advice in advise(ailment, using(*config.balance), catalogue(), most=99):
        part = advice.flag.removeprefix("--balance ")
        joined = compose(Request(recipe="dcgan", balance=[used, part]), catalogue())
        assert len(joined.balance) > len(config.balance), f"{part} is there already"


def test_more_updates_for_d_are_advised_as_more_than_g_has() -> None:
    advice = advise(Ailment.GENERATOR_OVERPOWERS, InUse(), catalogue(), most=99)
    (part,) = [each.flag.removeprefix("--balance ") for each in advice if "update-ratio" in each.flag]
    balance, _, _ = configured(compose(Request(recipe="dcgan", balance=[part]), catalogue()), catalogue())
    assert balance.plan(Moment(step=0, images=0, batch_size=64, dataset_size=4096)) == Plan(2, 1)


def test_what_a_composition_stands_for_counts_as_in_use() -> None:
    flags = [advice.flag for advice in advise(Ailment.DIVERGING, using("r1r2", "batch-size"), catalogue(), most=99)]
    assert "--balance steady" not in flags


def test_two_that_share_what_many_may_do_are_not_kept_apart() -> None:
    flags = [advice.flag for advice in advise(Ailment.MEMORISING, using("diff-augment"), catalogue(), most=99)]
    assert any(flag.startswith("--balance ada") for flag in flags), "both work on images only"


def test_a_strategy_that_is_not_installed_here_is_no_obstacle() -> None:
    assert advise(Ailment.MODE_COLLAPSE, using("someone-elses"), catalogue())


@pytest.fixture(scope="module")
def few_images(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder, random = tmp_path_factory.mktemp("few"), np.random.default_rng(0)
    for index in range(8):
        Image.fromarray(random.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(folder / f"{index}.png")
    return str(folder)


@pytest.mark.parametrize(
    ("recipe", "used", "points"),
    [
        ("dcgan", "none", False),
        ("dcgan", "steady", False),  # a loss without targets
        ("dcgan", "label-smoothing", False),  # it needs the targets that `steady` would take away
        ("sngan", "none", False),
        ("lsgan", "none", False),
        ("mlp", "none", True),
    ],
)
def test_what_is_advised_is_taken_by_the_runs_loss_and_data(
    recipe: str, used: str, points: bool, few_images: str
) -> None:
    data = "ring8" if points else few_images
    in_use = InUse.of(composed(recipe, data, used).plain())
    parts = {
        advice.flag.removeprefix("--balance ")
        for ailment in Ailment
        for advice in advise(ailment, in_use, catalogue(), most=99)
    }
    assert parts
    for part in sorted(parts):
        build_session(composed(recipe, data, used, part), catalogue())


def test_a_lever_is_left_out_only_where_it_is_known_that_the_run_would_refuse_it() -> None:
    def flags(ailment: Ailment, in_use: InUse) -> str:
        return " ".join(advice.flag for advice in advise(ailment, in_use, catalogue(), most=99))

    sure, learned = Ailment.DISCRIMINATOR_OVERPOWERS, Ailment.MEMORISING
    for loss in (None, "non-saturating", "someone-elses"):
        assert "label-smoothing" in flags(sure, InUse(loss=loss))
    assert "label-smoothing" not in flags(sure, InUse(loss="relativistic"))
    assert "steady" in flags(sure, InUse(loss="hinge")), "it brings a loss of its own"
    assert "steady" not in flags(sure, InUse(frozenset({"label-smoothing"}), "non-saturating"))
    assert "--balance ada" in flags(learned, InUse(loss="least-squares"))
    assert "--balance ada" not in flags(learned, InUse(loss="relativistic")), "its logits have no middle"
    assert "steady" not in flags(sure, InUse(frozenset({"ada"}), "non-saturating")), "it brings such a loss"
    for data in (None, "avatars", "someone-elses"):
        assert "few-images" in flags(learned, InUse(data=data))
    assert flags(learned, InUse(data="ring8")) == "--balance lecam"


def test_what_the_study_found_no_better_than_nothing_is_advised_last() -> None:
    advice = advise(Ailment.DISCRIMINATOR_OVERPOWERS, InUse(), catalogue(), most=99)
    assert advice[-1].flag == "--balance gentle"
    assert "did not help" in advice[-1].why
