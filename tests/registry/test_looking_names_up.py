"""A name stands for one part; otherwise the message says what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.contracts.dataset import ImageFiles
from ganzoo.errors import UsageError
from ganzoo.plugin import (
    ArchitectureSpec,
    BalancingSpec,
    DatasetConfig,
    DatasetSpec,
    LossConfig,
    LossSpec,
    OptimizerConfig,
    OptimizerSpec,
    StrategyConfig,
)
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind, load


def strategy(name: str) -> BalancingSpec[StrategyConfig]:
    return BalancingSpec(name=name, summary="a strategy", config=StrategyConfig, build=lambda _: None)  # type: ignore[arg-type, return-value]  # never built


def loss(name: str) -> LossSpec[LossConfig]:
    return LossSpec(name=name, summary="a loss", config=LossConfig, build=lambda _: None)  # type: ignore[arg-type, return-value]  # never built


def refused(call, *arguments) -> UsageError:
    with pytest.raises(UsageError) as caught:
        call(*arguments)
    return caught.value


@pytest.fixture
def disputed(plugins) -> Catalogue:
    return Catalogue(
        load(
            [
                plugins.offering("gan-one", "ganzoo_balancing", strategy("calm"), strategy("alone")),
                plugins.offering("gan-two", "ganzoo_balancing", strategy("calm")),
            ]
        )
    )


def test_a_name_that_two_plugins_offer_is_an_error_when_it_is_used(disputed):
    error = refused(disputed.find, Kind.BALANCE, "calm", "--balance")
    assert error.message == "two plugins offer the balancing strategy `calm` (from --balance)"
    assert error.hint == "say which one: `gan-one/calm`, `gan-two/calm`"


def test_the_distribution_before_the_name_says_which_one_is_meant(disputed):
    assert disputed.offer(Kind.BALANCE, "gan-two/calm").distribution == "gan-two"
    assert disputed.offer(Kind.BALANCE, "gan-one/calm").distribution == "gan-one"
    assert disputed.find(Kind.BALANCE, "gan-one/alone").name == "alone"


def test_names_that_nobody_disputes_are_plain(disputed):
    assert disputed.names(Kind.BALANCE) == ["alone", "gan-one/calm", "gan-two/calm"]
    assert disputed.find(Kind.BALANCE, "alone").name == "alone"


def test_an_unknown_name_offers_the_nearest_and_where_it_was_written(installed):
    error = refused(installed.find, Kind.BALANCE, "dskip", "run.toml:7")
    assert error.message == ("no balancing strategy is called `dskip` (from run.toml:7). Did you mean `d-skip`?")
    assert "`ganzoo list balance`" in error.hint


def test_an_unknown_name_far_from_all_offers_none(installed):
    assert "Did you mean" not in refused(installed.find, Kind.LOSS, "zzzzzz").message


def test_an_unknown_name_names_the_plugins_that_failed_to_load(plugins):
    found = Catalogue(load([plugins.to("there_is_no_such_module", "gan-broken")]))
    hint = refused(found.find, Kind.ARCHITECTURE, "stylegan").hint
    assert "the plugin gan-broken failed to load and may offer it: ModuleNotFoundError" in hint


def test_a_part_of_the_wrong_distribution_is_unknown(disputed):
    assert "`gan-two/alone`" in refused(disputed.find, Kind.BALANCE, "gan-two/alone").message


def test_only_ganzoos_own_parts_stand_in_where_nothing_is_named(plugins):
    def optimizer(name: str) -> OptimizerSpec[OptimizerConfig]:
        return OptimizerSpec(
            name=name, summary="an optimiser", config=OptimizerConfig, default=True, build=lambda *_: None
        )  # type: ignore[arg-type, return-value]  # never built

    theirs = plugins.offering("gan-one", "ganzoo_optimizers", optimizer("pushy"))
    ours = plugins.offering("pyganzoo", "ganzoo_optimizers", optimizer("modest"), name="own")
    assert Catalogue(load([theirs, ours])).defaults(Kind.OPTIMIZER) == ["modest"]
    assert Catalogue(load([theirs])).defaults(Kind.OPTIMIZER) == []


def test_a_package_that_offers_our_names_too_changes_no_run_that_does_not_name_it(plugins, installed):
    found = plugins.beside_ours(
        plugins.offering("gan-copy", "ganzoo_losses", loss("non-saturating")),
        plugins.offering(
            "gan-copy",
            "ganzoo_optimizers",
            OptimizerSpec(name="adam", summary="s", config=OptimizerConfig, build=lambda *_: None),
            name="o",
        ),
    )
    config = compose(Request(recipe="dcgan"), found)
    assert config.loss.kind == "pyganzoo/non-saturating"
    assert config.loss.settings == compose(Request(recipe="dcgan"), installed).loss.settings


def test_a_recipe_means_the_parts_of_its_own_distribution(plugins):
    recipe = ArchitectureSpec(
        name="mine", summary="s", generator="dcgan", discriminator="dcgan", loss="hinge",
        method={"none": {}}, settings={"training.steps": 1},
    )  # fmt: skip
    found = plugins.beside_ours(
        plugins.offering("gan-mine", "ganzoo_architectures", recipe),
        plugins.offering("gan-mine", "ganzoo_losses", loss("hinge"), name="losses"),
        plugins.offering("gan-mine", "ganzoo_balancing", strategy("none"), name="balance"),
    )
    config = compose(Request(recipe="mine"), found)
    assert config.loss.kind == "gan-mine/hinge"
    assert config.generator.kind == "dcgan"
    assert list(config.method) == ["gan-mine/none"]


def test_a_folder_is_read_by_ganzoo_whatever_reader_is_installed_beside_it(plugins, tmp_path: Path):
    class Config(DatasetConfig):
        path: str = "."

    reader = DatasetSpec(
        name="a-reader", summary="s", config=Config, argument="path", build=lambda config: ImageFiles(Path(config.path))
    )  # fmt: skip
    found = plugins.beside_ours(plugins.offering("gan-data", "ganzoo_datasets", reader))
    config = compose(Request(recipe="dcgan", data=str(tmp_path)), found)
    assert config.data.source.kind == "files"
