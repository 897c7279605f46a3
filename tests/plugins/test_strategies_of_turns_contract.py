"""Gates, plans, controllers and whole turns: unusual settings keep the contract, and senseless ones are refused."""

import pytest
from pydantic import ValidationError

from ganzoo.contracts import Settings
from ganzoo.plugin import BalancingSpec, StrategyConfig, Trait
from ganzoo.testing import check_strategy
from ganzoo.testing.strategy import SETTINGS
from ganzoo_balance import (
    adaptive_ratio,
    consensus,
    d_skip,
    extragradient,
    g_boost,
    gradient_clip,
    loss_control,
    lr_control,
    simultaneous,
    ttur,
    unrolled,
    weight_clip,
)

MODULES = (
    d_skip,
    g_boost,
    adaptive_ratio,
    ttur,
    lr_control,
    loss_control,
    gradient_clip,
    weight_clip,
    simultaneous,
    extragradient,
    unrolled,
    consensus,
)
SPECS = {module.SPEC.name: module.SPEC for module in MODULES}
INTERESTING: list[StrategyConfig] = [
    d_skip.DiscriminatorSkipConfig(threshold=0.7, band=0.1, smoothing=0.5, patience=1),
    d_skip.DiscriminatorSkipConfig(measure="loss", threshold=0.68, band=0.35),
    d_skip.DiscriminatorSkipConfig(measure="logit-gap", threshold=0.2, band=0.1),
    g_boost.GeneratorBoostConfig(at_most=5, smoothing=0.0),
    adaptive_ratio.AdaptiveRatioConfig(coefficient=3.0, at_most=1),
    lr_control.LearningRateControlConfig(mirror=True, at_most=4.0, smoothing=0.0),
    loss_control.LossControlConfig(gamma=0.5, start=0.0, gain=0.5),
    gradient_clip.GradientClipConfig(generator=None, discriminator=0.1, by="value"),
]


def spec_of(config: StrategyConfig) -> BalancingSpec:
    return next(spec for spec in SPECS.values() if spec.config is type(config))


@pytest.mark.parametrize("config", INTERESTING, ids=repr)
def test_other_settings_than_the_defaults_keep_the_contract_too(config: StrategyConfig) -> None:
    check_strategy(spec_of(config), config)


@pytest.mark.parametrize("config", [*(spec.config() for spec in SPECS.values()), *INTERESTING], ids=repr)
def test_its_config_written_down_and_read_again_is_the_same(config: StrategyConfig) -> None:
    assert type(config)(**config.model_dump(mode="json", exclude_unset=True)) == config


def test_whole_turns_say_that_they_play() -> None:
    players = {name for name, spec in SPECS.items() if Trait.PLAYS in spec.traits}
    assert players == {"simultaneous", "extragradient", "unrolled", "consensus"}


def test_ttur_sets_both_rates_to_the_pair_for_a_dcgan_with_the_slower_d() -> None:
    changed = ttur.TwoTimeScales(ttur.TwoTimeScalesConfig()).configure(Settings(SETTINGS, "the test"))
    assert changed == {"optimizers.generator.learning_rate": 5e-4, "optimizers.discriminator.learning_rate": 1e-5}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("d-skip", {"measure": "logit-gap"}),
        ("d-skip", {"threshold": 1.0}),
        ("d-skip", {"threshold": 0.8, "band": 0.35}),
        ("d-skip", {"threshold": 0.4, "band": 0.4}),
        ("d-skip", {"measure": "loss", "threshold": 0.3, "band": 0.3}),
        ("d-skip", {"band": 0}),
        ("g-boost", {"threshold": 1.0}),
        ("g-boost", {"at_most": 0}),
        ("adaptive-ratio", {"coefficient": 0}),
        ("ttur", {"generator": 0}),
        ("lr-control", {"proportional": 0, "integral": 0}),
        ("lr-control", {"at_least": 1.0, "at_most": 1.0}),
        ("lr-control", {"accuracy": 0.5}),
        ("loss-control", {"start": 1.5}),
        ("gradient-clip", {"generator": "none", "discriminator": "none"}),
        ("gradient-clip", {"generator": 0}),
        ("weight-clip", {"limit": 0}),
        ("simultaneous", {"steps": 1}),
        ("extragradient", {"step_size": -1}),
        ("unrolled", {"steps": 0}),
        ("consensus", {"gamma": 0}),
    ],
)
def test_settings_that_make_no_sense_are_refused(name: str, settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SPECS[name].config(**settings)
