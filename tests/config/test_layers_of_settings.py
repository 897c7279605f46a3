"""Later layers win, and each setting remembers where it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.config.writing import to_toml
from ganzoo.contracts.schedule import Schedule
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue, catalogue
from ganzoo.registry.manager import Kind


@pytest.fixture
def composed(installed: Catalogue, tmp_path: Path):
    """A configuration from keywords of `Request`; `file` is the text of a TOML file, `yaml` of a YAML one."""

    def make(recipe: str | None = "dcgan", file: str = "", yaml: str = "", **asked: object) -> RunConfig:
        path = None
        if file or yaml:
            path = tmp_path / ("run.toml" if file else "run.yaml")
            path.write_text(file or yaml, encoding="utf-8")
        return compose(Request(recipe=recipe, config=path, **asked), installed)

    return make


@pytest.fixture
def complaint(composed):
    """What is said of a configuration that cannot be."""

    def ask(recipe: str | None = "dcgan", **asked: object) -> str:
        with pytest.raises(UsageError) as caught:
            composed(recipe, **asked)
        return str(caught.value)

    return ask


def option(path: str, value: object, flag: str) -> Override:
    return Override(path, value, flag)


def test_each_layer_wins_over_the_ones_before(composed):
    at = "training.batch_size"
    file = f"{at} = 12"
    flag = (option(at, 13, "--batch-size"),)
    assert composed().training.batch_size == 64
    assert composed(preset="paper").training.batch_size == 128
    assert composed(preset="paper", file=file).training.batch_size == 12
    assert composed(preset="paper", file=file, options=flag).training.batch_size == 13
    everything = composed(preset="paper", file=file, options=flag, settings=(f"{at}=14",))
    assert everything.training.batch_size == 14


def test_the_file_may_name_the_recipe_and_the_preset(composed):
    config = composed(None, file='recipe = "dcgan"\npreset = "tiny"')
    assert (config.recipe, config.preset, config.data.image_size) == ("dcgan", "tiny", 32)


def test_a_preset_on_the_command_line_replaces_the_files(composed):
    assert composed(file='preset = "tiny"', preset="paper").preset == "paper"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"settings": ("training.seed=-1",)}, "training.seed (from --set): should be greater than or equal to 0"),
        ({"options": (option("training.epochs", 0.0, "--epochs"),)}, "training.epochs (from --epochs)"),
        ({"file": "[training]\n\nseed = -1"}, "run.toml:3): should be greater than or equal to 0 (it is -1)"),
        ({"file": "training.seed = -1"}, "run.toml:1)"),
        ({"yaml": "training:\n  seed: -1"}, "run.yaml:2)"),
        ({"balance": ("d-skip:threshold=0",)}, "balance.d-skip.threshold (from --balance): should be greater"),
        ({"preset": "paper", "settings": ("generator.width=0",)}, "generator.width (from --set)"),
        ({"file": 'preset = "papr"'}, "no preset `papr` (from "),
        ({"preset": "papr"}, "no preset `papr` (from --preset). Did you mean `paper`?"),
        ({"settings": ("loss.kind=hing",)}, "no loss is called `hing` (from --set). Did you mean `hinge`?"),
        ({"file": '[loss]\nkind = "hing"'}, "run.toml:2). Did you mean `hinge`?"),
        ({"data": "avatar"}, "--data avatar: no such folder or zip, and no data set of that name."),
    ],
)  # fmt: skip
def test_a_message_says_where_the_setting_was_written(complaint, asked, said):
    assert said in complaint(**asked)


def test_a_setting_that_comes_from_the_recipe_says_so(plugins, installed):
    from ganzoo.plugin import ArchitectureSpec, Preset

    recipe = ArchitectureSpec(
        name="mine", summary="s", generator="dcgan", discriminator="dcgan", loss="hinge",
        settings={"training.steps": 0}, presets={"less": Preset("less", {"generator.width": 0})},
    )  # fmt: skip
    found = plugins.beside_ours(plugins.offering("gan-mine", "ganzoo_architectures", recipe))
    with pytest.raises(UsageError) as caught:
        compose(Request(recipe="mine", preset="less"), found)
    assert "training.steps (from the recipe mine)" in str(caught.value)
    assert "generator.width (from the preset less)" in str(caught.value)


def test_an_unknown_setting_is_said_once_with_the_nearest_and_all_there_are(complaint, installed):
    known = ", ".join(installed.find(Kind.BALANCE, "d-skip").config.model_fields)
    said = complaint(balance=("d-skip:treshold=0.8",))
    assert said == (
        f"balance.d-skip.treshold (from --balance): no such setting. Did you mean `threshold`?\nsettings: {known}"
    )


def test_what_is_wrong_in_a_schedule_is_said_of_its_own_settings(complaint):
    path = "optimizers.generator.learning_rate"
    said = complaint(settings=(f"{path}.strat=1", f"{path}.end=1"))
    assert "optimizers.generator.learning_rate.strat (from --set): no such setting. Did you mean `start`?" in said
    assert "learning_rate (from" not in said  # that it is no number either is not the point
    assert "[" not in said


def test_several_wrong_settings_are_said_together(complaint):
    said = complaint(settings=("training.sed=1", "generator.widht=2", "data.image_size=0"))
    assert "training.sed (from --set): no such setting. Did you mean `seed`?" in said
    assert "generator.widht (from --set): no such setting. Did you mean `width`?" in said
    assert "data.image_size (from --set): should be greater than or equal to 4 (it is 0)" in said


@pytest.mark.parametrize(
    "section", ["training", "data", "evaluation", "logging", "balance", "balance.d-skip", "generator", "samples"]
)  # fmt: skip
def test_a_number_where_a_table_belongs_is_never_passed_over(complaint, section):
    said = complaint(settings=(f"{section}=3",))
    assert said.startswith(f"{section} (from --set): ")
    assert "a table of settings, not 3" in said


@pytest.mark.parametrize("text", ["2e-4", "2E-4", "0.0002", ".2e-3", "+2e-4"])
def test_a_number_is_a_number_however_it_is_written(composed, text):
    at = "optimizers.generator.learning_rate"
    assert composed(settings=(f"{at}={text}",)).optimizers.generator.settings.learning_rate == 2e-4
    nested = "optimizers:\n  generator:\n    learning_rate: "
    assert composed(yaml=nested + text).optimizers.generator.settings.learning_rate == 2e-4
    assert composed(balance=(f"lr-skew:ratio={text}",)).balance["lr-skew"].ratio == 2e-4


def test_a_number_in_toml_is_a_number(composed):
    config = composed(file="optimizers.generator.learning_rate = 2e-4\ntraining.ema_beta = 0.5")
    assert config.optimizers.generator.settings.learning_rate == 2e-4
    assert config.training.ema_beta == 0.5


def test_what_yaml_quotes_stays_text(complaint):
    assert "training.ema_beta" in complaint(yaml='training: {ema_beta: "half"}')


def test_steps_replace_epochs_and_epochs_replace_steps(composed):
    steps = (option("training.steps", 7, "--steps"),)
    epochs = (option("training.epochs", 3.0, "--epochs"),)
    assert (composed(options=steps).training.epochs, composed(options=steps).training.steps) == (None, 7)
    both = composed(file="training.steps = 9", options=epochs).training
    assert (both.epochs, both.steps) == (3.0, None)


def test_steps_beside_epochs_in_one_breath_are_an_error(complaint):
    both = (option("training.epochs", 3.0, "--epochs"), option("training.steps", 7, "--steps"))
    assert complaint(options=both) == (
        "training.epochs (from --epochs) and training.steps (from --steps): one replaces the other\ngive one of them"
    )
    assert "run.toml:2" in complaint(file="[training]\nepochs = 1\nsteps = 2")


def test_another_part_drops_the_settings_of_the_one_before(composed):
    config = composed(settings=("optimizers.generator.kind=sgd",))
    assert config.optimizers.generator.kind == "sgd"
    assert "betas" not in config.optimizers.generator.settings.model_dump()
    assert config.optimizers.discriminator.kind == "adam"
    assert config.optimizers.discriminator.settings.betas == (0.0, 0.99)


def test_the_same_part_named_again_keeps_its_settings(composed):
    config = composed(settings=("optimizers.generator.kind=adam",))
    assert config.optimizers.generator.settings.betas == (0.0, 0.99)


def test_a_part_may_be_named_after_its_settings(composed):
    in_file = composed(file='[optimizers.generator]\nmomentum = 0.5\nkind = "sgd"')
    assert in_file.optimizers.generator.settings.momentum == 0.5
    said = composed(settings=("optimizers.generator.momentum=0.5", "optimizers.generator.kind=sgd"))
    assert said == in_file


def test_strategies_on_the_command_line_replace_the_files_but_keep_its_settings(composed):
    file = "[balance.d-skip]\nthreshold = 0.7\npatience = 2\n[balance.lr-skew]\nratio = 0.25"
    assert list(composed(file=file).balance) == ["d-skip", "lr-skew"]
    config = composed(file=file, balance=("d-skip:patience=5",))
    assert list(config.balance) == ["d-skip"]
    assert (config.balance["d-skip"].threshold, config.balance["d-skip"].patience) == (0.7, 5)
    assert composed(file=file, balance=("d-skip",)).balance["d-skip"].patience == 2


def test_strategies_stand_in_the_order_of_the_command_line(composed):
    file = "[balance.d-skip]\n[balance.lr-skew]"
    assert list(composed(file=file, balance=("lr-skew", "capacity", "d-skip")).balance) == [
        "lr-skew", "capacity", "d-skip",
    ]  # fmt: skip


def test_a_file_that_names_metrics_means_these_alone(composed):
    assert len(composed().evaluation.metrics) > 1
    assert list(composed(file="[evaluation.metrics.ssim]\npairs = 9").evaluation.metrics) == ["ssim"]
    assert composed(file="evaluation.metrics = {}").evaluation.metrics == {}
    assert list(composed(metrics=("ssim:pairs=9",)).evaluation.metrics) == ["ssim"]


def test_none_is_no_metric_and_nobody_who_watches(composed):
    assert composed(metrics=("none",)).evaluation.metrics == {}
    assert composed(observers=("none",), file="[logging.observers.tensorboard]").logging.observers == {}


def test_none_beside_a_metric_is_no_name_of_one(complaint):
    assert "no metric is called `none`" in complaint(metrics=("none", "ssim"))


def test_a_whole_section_that_is_set_means_what_it_names_and_nothing_else(composed):
    assert composed(settings=("evaluation.metrics={}",)).evaluation.metrics == {}
    metrics = composed(settings=("evaluation.metrics={ssim={pairs=9}}",)).evaluation.metrics
    assert [(name, metric.pairs) for name, metric in metrics.items()] == [("ssim", 9)]
    assert len(composed(settings=("evaluation.metrics.ssim.pairs=9",)).evaluation.metrics) > 1
    assert list(composed(file="[balance.d-skip]", settings=("balance={lr-skew={}}",)).balance) == ["lr-skew"]


def test_what_an_option_names_stands_beside_a_whole_section(composed):
    assert list(composed(metrics=("ssim",), settings=("evaluation.metrics={}",)).evaluation.metrics) == ["ssim"]
    assert list(composed(balance=("d-skip",), settings=("balance={lr-skew={}}",)).balance) == ["d-skip", "lr-skew"]


@pytest.mark.parametrize("setting", ["training.epochs", "evaluation.every_kimg", "balance.d-skip.at_most"])
def test_none_switches_off_what_may_be_off(composed, setting):
    extra = ("training.steps=4",) if setting == "training.epochs" else ()
    config = composed(balance=("d-skip",), settings=(*extra, f"{setting}=none"))
    value: object = config
    for name in setting.split("."):
        value = value[name] if isinstance(value, dict) else getattr(value, name)
    assert value is None


def test_none_is_an_error_where_a_setting_cannot_be_off(complaint):
    assert "training.seed (from --set)" in complaint(settings=("training.seed=none",))


@pytest.mark.parametrize("name", ["recipe", "preset"])
def test_the_recipe_cannot_be_set_below_what_it_decides(complaint, name):
    assert f"{name} (from --set): it decides" in complaint(settings=(f"{name}=paper",))


# Written, read again, the same


def strategies() -> list[str]:
    return catalogue().names(Kind.BALANCE)


def presets() -> list[str]:
    return list(catalogue().find(Kind.ARCHITECTURE, "dcgan").presets)


@pytest.fixture
def replayed(composed):
    def replay(config: RunConfig) -> RunConfig:
        return composed(None, file=to_toml(config))

    return replay


@pytest.mark.parametrize("preset", [None, *presets()])
def test_a_written_configuration_replays_every_preset(composed, replayed, preset):
    config = composed(preset=preset)
    assert replayed(config) == config


@pytest.mark.parametrize("strategy", strategies())
def test_a_written_configuration_replays_every_strategy(composed, replayed, strategy):
    config = composed(balance=(strategy,))
    assert list(config.balance) == [strategy]
    assert replayed(config) == config


def test_a_written_configuration_replays_schedules_and_what_is_switched_off(composed, replayed):
    rate = "{start=1e-3, end=0, until_kimg=50, from_kimg=10, shape='linear'}"
    config = composed(
        balance=("lr-skew:ratio=0.5", "d-skip"),
        settings=(
            f"optimizers.generator.learning_rate={rate}", "evaluation.every_kimg=none", "training.steps=5",
            "optimizers.discriminator.kind=sgd", "evaluation.features.efficientnet-lite0={}", "data.labels=true",
        ),
    )  # fmt: skip
    assert isinstance(config.optimizers.generator.settings.learning_rate, Schedule)
    again = replayed(config)
    assert again == config
    assert to_toml(again) == to_toml(config)


def test_a_written_configuration_replays_no_metrics_and_no_strategies(composed, replayed):
    config = composed(file="evaluation.metrics = {}")
    assert (config.evaluation.metrics, config.balance) == ({}, {})
    assert replayed(config) == config


def test_a_whole_method_in_a_preset_takes_the_place_of_the_recipes_and_keeps_what_the_recipe_sets(plugins, installed):
    from ganzoo.plugin import ArchitectureSpec, Preset

    method = {"r1": {"gamma": 5.0}, "r2": {}}
    recipe = ArchitectureSpec(
        name="mine", summary="s", generator="dcgan", discriminator="dcgan", loss="hinge",
        method={"top-k": {}, "r1": {"gamma": 7.0, "every": 3}}, settings={"training.steps": 1},
        presets={"other": Preset("other", {"method": method}), "same": Preset("same", {"method.r1.gamma": 5.0})},
    )  # fmt: skip
    found = plugins.beside_ours(plugins.offering("gan-mine", "ganzoo_architectures", recipe))
    replaced = compose(Request(recipe="mine", preset="other"), found).plain()["method"]
    assert list(replaced) == ["r1", "r2"]
    assert (replaced["r1"]["gamma"], replaced["r1"]["every"]) == (5.0, 3)
    assert list(compose(Request(recipe="mine", preset="same"), found).plain()["method"]) == ["top-k", "r1"]


def test_a_whole_method_in_a_preset_means_ganzoos_own_parts_whoever_else_is_installed(plugins, installed):
    from ganzoo.plugin import BalancingSpec, StrategyConfig

    namesake = BalancingSpec(name="r2", summary="s", config=StrategyConfig, build=lambda _: None)  # type: ignore[arg-type, return-value]  # never built
    found = plugins.beside_ours(plugins.offering("gan-mine", "ganzoo_balancing", namesake))
    method = compose(Request(recipe="stylegan2", preset="tiny"), found).plain()["method"]
    assert list(method) == ["r1", "pyganzoo/r2"]
