import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import ganzoo_balance
from ganzoo.contracts import BalancingStrategy, Moment, Plan, Role, Schedule, Settings
from ganzoo.plugin import BalancingSpec, StrategyConfig, UsageError
from ganzoo.testing import check_strategy
from ganzoo.testing.strategy import SETTINGS
from ganzoo_balance.capacity import CapacityConfig, scaled_width
from ganzoo_balance.d_dropout import DiscriminatorDropoutConfig
from ganzoo_balance.d_skip import DiscriminatorSkipConfig
from ganzoo_balance.d_warmup import DiscriminatorWarmupConfig
from ganzoo_balance.latent_size import LatentSizeConfig
from ganzoo_balance.lr_skew import LearningRateSkewConfig
from ganzoo_balance.update_ratio import UpdateRatioConfig

SPECS = {spec.name: spec for spec in ganzoo_balance.ganzoo_balancing()}
INTERESTING = [
    DiscriminatorSkipConfig(smoothing=0.9, patience=3, at_most=None),
    DiscriminatorSkipConfig(measure="loss", threshold=0.5),
    LearningRateSkewConfig(ratio=4.0),
    LearningRateSkewConfig(generator=1e-4, discriminator=4e-4),
    DiscriminatorWarmupConfig(start=0.01, epochs=2),
    DiscriminatorWarmupConfig(start=1.0, kimg=0.1),
    CapacityConfig(generator=2.0, discriminator=0.25),
    UpdateRatioConfig(discriminator=5, generator=1),
]
RATE = {role: f"optimizers.{role}.learning_rate" for role in Role}


def spec_of(config: StrategyConfig) -> BalancingSpec:
    return next(spec for spec in SPECS.values() if spec.config is type(config))


def built(config: StrategyConfig) -> BalancingStrategy:
    return spec_of(config).build(config)


def configured(config: StrategyConfig, **changed: object) -> dict[str, object]:
    settings = {**SETTINGS, **{path.replace("__", "."): value for path, value in changed.items()}}
    return dict(built(config).configure(Settings(settings, "the test")))


def moment(images: int, dataset_size: int = 1000) -> Moment:
    return Moment(step=images // 10, images=images, batch_size=10, dataset_size=dataset_size)


@pytest.mark.parametrize("config", INTERESTING, ids=repr)
def test_other_settings_than_the_defaults_keep_the_contract_too(config: StrategyConfig) -> None:
    check_strategy(spec_of(config), config)


@pytest.mark.parametrize("config", [*(spec.config() for spec in SPECS.values()), *INTERESTING], ids=repr)
def test_every_config_written_down_and_read_again_is_the_same(config: StrategyConfig) -> None:
    assert type(config)(**config.model_dump(mode="json")) == config


def test_none_changes_nothing_at_all() -> None:
    config = SPECS["none"].config()
    overridden = set(vars(type(built(config)))) & {name for name in dir(BalancingStrategy) if name[0] != "_"}
    assert overridden == set()
    assert configured(config) == {}


@given(st.floats(1e-6, 1), st.floats(0.01, 100))
def test_lr_skew_sets_ds_rate_to_the_ratio_times_gs(rate: float, ratio: float) -> None:
    changed = configured(LearningRateSkewConfig(ratio=ratio), optimizers__generator__learning_rate=rate)
    assert changed == {RATE[Role.DISCRIMINATOR]: pytest.approx(ratio * rate)}


def test_lr_skew_by_default_halves_ds_rate() -> None:
    assert configured(LearningRateSkewConfig()) == {RATE[Role.DISCRIMINATOR]: 5e-4}


def test_lr_skew_takes_rates_as_given_and_leaves_the_other_alone() -> None:
    both = LearningRateSkewConfig(generator=5e-4, discriminator=1e-5)
    assert configured(both) == {RATE[Role.GENERATOR]: 5e-4, RATE[Role.DISCRIMINATOR]: 1e-5}
    assert configured(LearningRateSkewConfig(generator=5e-4)) == {RATE[Role.GENERATOR]: 5e-4}


def test_lr_skew_refuses_a_ratio_beside_rates() -> None:
    with pytest.raises(ValidationError, match="a ratio beside them conflicts"):
        LearningRateSkewConfig(ratio=0.5, discriminator=1e-4)


def test_lr_skew_scales_a_schedule_as_a_whole() -> None:
    schedule = Schedule(start=1e-3, end=1e-4, until_kimg=100)
    settings = {f"{RATE[Role.GENERATOR]}.{name}": value for name, value in schedule.model_dump().items()}
    changed = built(LearningRateSkewConfig(ratio=0.5)).configure(Settings(settings, "the test"))
    scaled = Schedule(**changed[RATE[Role.DISCRIMINATOR]])
    for kimg in (0, 30, 100):
        assert scaled.at(kimg) == pytest.approx(0.5 * schedule.at(kimg))


def test_d_dropout_and_latent_size_set_what_they_are_named_after() -> None:
    assert configured(DiscriminatorDropoutConfig(probability=0.4)) == {"discriminator.dropout": 0.4}
    assert configured(LatentSizeConfig(latent_dim=32)) == {"generator.latent_dim": 32}


@pytest.mark.parametrize(
    "config",
    [DiscriminatorDropoutConfig(), LatentSizeConfig(), CapacityConfig(), LearningRateSkewConfig()],
    ids=repr,
)
def test_a_setting_this_run_does_not_have_is_a_usage_error(config: StrategyConfig) -> None:
    with pytest.raises(UsageError, match="which this run does not have"):
        built(config).configure(Settings({"generator.depth": 3}, "the test"))


def test_capacity_halves_d_and_leaves_g_alone_by_default() -> None:
    assert configured(CapacityConfig()) == {"discriminator.width": 32}


@given(st.integers(1, 1024), st.floats(0.01, 16))
def test_a_scaled_width_never_moves_against_its_factor_and_is_a_multiple_of_8_or_unchanged(
    width: int, factor: float
) -> None:
    scaled = scaled_width(width, factor)
    assert scaled == width or (scaled % 8 == 0 and scaled >= 8)
    assert (scaled - width) * (factor - 1) >= 0
    if scaled not in (8, width):
        assert abs(scaled - width * factor) <= 4


@given(st.floats(0.001, 1), st.floats(0.1, 100), st.integers(0, 200_000))
def test_d_warmup_rises_in_a_straight_line_to_one_and_never_touches_g(start: float, kimg: float, images: int) -> None:
    strategy = built(DiscriminatorWarmupConfig(start=start, kimg=kimg))
    rate = strategy.rate(Role.DISCRIMINATOR, moment(images))
    assert rate == pytest.approx(start + (1 - start) * min(1, images / 1000 / kimg))
    assert strategy.rate(Role.DISCRIMINATOR, moment(images + 100)) >= rate
    assert strategy.rate(Role.GENERATOR, moment(images)) == 1


def test_d_warmup_by_epochs_counts_passes_over_the_data_set() -> None:
    strategy = built(DiscriminatorWarmupConfig(start=0.5, epochs=2))
    rates = [strategy.rate(Role.DISCRIMINATOR, moment(images)) for images in (0, 1000, 2000, 9000)]
    assert rates == [0.5, 0.75, 1.0, 1.0]


def test_d_warmup_by_default_takes_16_kimg() -> None:
    strategy = built(DiscriminatorWarmupConfig())
    assert strategy.rate(Role.DISCRIMINATOR, moment(0)) == pytest.approx(0.1)
    assert strategy.rate(Role.DISCRIMINATOR, moment(8_000)) == pytest.approx(0.55)
    assert strategy.rate(Role.DISCRIMINATOR, moment(16_000)) == 1


def test_update_ratio_plans_the_same_at_every_moment() -> None:
    strategy = built(UpdateRatioConfig(discriminator=5, generator=1))
    assert {strategy.plan(moment(images)) for images in (0, 10, 10_000)} == {Plan(5, 1)}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("none", {"threshold": 1}),
        ("lr-skew", {"ratio": 0}),
        ("lr-skew", {"generator": -1e-3}),
        ("d-dropout", {"probability": 1}),
        ("capacity", {"discriminator": 0}),
        ("latent-size", {"latent_dim": 0}),
        ("d-warmup", {"start": 0}),
        ("d-warmup", {"start": 1.5}),
        ("d-warmup", {"kimg": 1, "epochs": 1}),
        ("update-ratio", {"generator": 0}),
    ],
)
def test_settings_out_of_range_are_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SPECS[name].config(**settings)
