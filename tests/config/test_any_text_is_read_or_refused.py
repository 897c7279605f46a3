"""Whatever is typed or written, ganzoo reads it or says what is wrong: never a traceback."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ganzoo.config.compose import Request, compose
from ganzoo.config.files import read_config
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import parse_part, parse_set, parse_value
from ganzoo.config.tables import flatten, look, put
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue

words = st.text("abcdefghijklmnopqrstuvwxyz_-0123456789", min_size=1, max_size=8)
scalars = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | words
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
tables = st.recursive(
    st.dictionaries(words, values, max_size=4),
    lambda inner: st.dictionaries(words, values | inner, max_size=3),
    max_leaves=6,
)


def toml(value: object) -> str:
    """A value as TOML writes it, on one line."""
    return tomli_w.dumps({"value": value}).removeprefix("value = ").strip().replace("\n", " ")


@given(values)
def test_a_value_written_as_toml_is_read_back(value):
    read = parse_value(toml(value))
    assert read == value
    assert isinstance(read, float) == isinstance(value, float)


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(2e-4)
def test_a_float_written_as_python_does_is_read_back(number):
    assert parse_value(repr(number)) == number


@given(st.integers(-(10**30), 10**30))
def test_a_whole_number_stays_whole(number):
    assert parse_value(str(number)) == number
    assert isinstance(parse_value(str(number)), int)


@pytest.mark.parametrize("text", ["relu", "a/b.png", "#ffffff", "", "d skip", "1\nx = 2", "1]", "9" * 5000, "[" * 5000])
def test_what_is_no_value_is_the_text_itself(text):
    assert parse_value(text) == text


@given(st.text())
@example("1e999")
@example("-.5e-0")
def test_any_text_is_a_value(text):
    assert not (isinstance(value := parse_value(text), float) and math.isnan(value) and "nan" not in text)


@given(words, st.dictionaries(words, values, max_size=4))
def test_a_strategy_with_settings_is_read_back(name, chosen):
    text = f"{name}:" + ",".join(f"{key}={toml(value)}" for key, value in chosen.items())
    table: dict[str, object] = {}
    for override in parse_part(text, "balance", "--balance"):
        put(table, override.path, override.value)
    assert table == {"balance": {name: chosen}}


@given(words, values)
def test_a_setting_is_read_back(path, value):
    override = parse_set(f"{path} = {toml(value)}")
    assert (override.path, override.value) == (path, value)


@given(tables)
def test_a_table_taken_apart_and_put_together_is_the_same(table):
    again: dict[str, object] = {}
    for path, value in flatten(table):
        put(again, path, value)
        assert look(again, path) == value
    assert again == table


@given(tables)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_gives_the_table_it_holds(tmp_path: Path, table):
    path = tmp_path / "run.toml"
    path.write_text(tomli_w.dumps(table), encoding="utf-8")
    assert {o.path: o.value for o in read_config(path)} == dict(flatten(table))


# No traceback: every one of these composes, or raises UsageError

paths = st.sampled_from(
    [
        "training", "training.epochs", "training.steps", "training.batch_size", "training.precision", "data",
        "data.source", "data.source.kind", "data.source.path", "data.channels", "data.background", "generator",
        "generator.kind", "generator.width", "optimizers", "optimizers.generator.learning_rate",
        "optimizers.generator.learning_rate.start", "optimizers.generator.betas", "balance", "balance.d-skip",
        "balance.none", "method", "evaluation", "evaluation.metrics", "evaluation.metrics.ssim.pairs",
        "evaluation.features", "logging.observers", "loss", "samples", "checkpoints", "recipe", "preset", "",
    ]
)  # fmt: skip
odd = st.sampled_from(
    ["none", "nan", "inf", "-inf", "1e999", "{}", "[]", "[1, 2, 3]", "{kind='adam'}", "{kind=3}", "2020-01-01",
     "07:30:00", "true", "'none'", "{start=1, end=0, until_kimg=0}", "9" * 400, "\u00b2", "\x00", "\x1b[31m"]
)  # fmt: skip


def composes_or_is_refused(**asked: object) -> bool:
    """True for a configuration, and for a refusal in words; anything else that is raised comes out."""
    try:
        return isinstance(compose(Request(recipe="dcgan", **asked), catalogue()), RunConfig)
    except UsageError as error:
        return bool(str(error).strip())


@given(st.text() | st.builds("{}={}".format, paths | st.text(), odd | scalars.map(toml) | st.text()))
@example("balance.none.x.y=3")
@example("training.=1")
@example(".=1")
@example("training.epochs..=1")
def test_any_setting_on_the_command_line_works_or_is_refused(text):
    assert composes_or_is_refused(settings=(text,))


@given(st.lists(st.builds("{}={}".format, paths, odd), max_size=5))
def test_any_settings_together_work_or_are_refused(texts):
    assert composes_or_is_refused(settings=texts, balance=("d-skip",))


names = st.sampled_from(["d-skip", "none", "lr-skew", "capacity", "pyganzoo/d-skip", "gan-x/d-skip", ""])


@given(
    st.text() | st.builds("{}:{}={}".format, names | words, words, odd) | st.builds("{}:{}".format, names, st.text())
)
@example("d-skip:")
@example("d-skip:,,")
@example("d-skip:=1")
@example("d-skip:threshold.x=1")
@example("d-skip:threshold=[1")
def test_any_strategy_on_the_command_line_works_or_is_refused(text):
    assert composes_or_is_refused(balance=(text,))
    assert composes_or_is_refused(metrics=(text,))


@given(st.text() | st.builds("{}:{}".format, st.sampled_from(["avatars", "files", "torchvision"]), st.text()))
@example("~no-such-user/photos")
@example("x" * 5000)
@example("files:a=b=c")
@example("files:")
@example("\x00")
def test_any_data_on_the_command_line_works_or_is_refused(text):
    assert composes_or_is_refused(data=text)


@given(st.text(max_size=8) | st.sampled_from(["none", "paper"]), st.text(max_size=8))
def test_any_preset_and_recipe_work_or_are_refused(preset, recipe):
    assert composes_or_is_refused(preset=preset)
    with pytest.raises(UsageError):
        compose(Request(recipe=f"{recipe}?"), catalogue())


def nested(path: str, value: object) -> dict[str, object]:
    table: dict[str, object] = {}
    put(table, path, value)
    return table


named_tables = st.builds(nested, paths.filter(bool), values | st.dictionaries(words, values, max_size=2))


@pytest.mark.parametrize("ending", ["toml", "yaml"])
@given(text=st.text() | tables.map(tomli_w.dumps) | named_tables.map(tomli_w.dumps) | named_tables.map(str))
@example(text="[[balance]]\nx = 1")
@example(text='"" = 1')
@example(text="x = " + "[" * 3000)
@example(text="preset = [1]")
@example(text="recipe = {}")
@example(text="? [a, b]\n: 1")
@example(text="a: &a {b: *a}")
@example(text="training: !!python/object:os.system {}")
@example(text="training: {seed: !!int x}")
@example(text="training: {seed: 0x_}")
@example(text="training: {seed: 2020-13-45}")
@example(text="- 1")
@example(text="a: {1: {2: [3, {4: 5}]}}")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_works_or_is_refused(tmp_path: Path, ending, text):
    path = tmp_path / f"run.{ending}"
    path.write_text(text, encoding="utf-8", errors="replace")
    assert composes_or_is_refused(config=path)


@given(st.binary(max_size=64))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_a_file_work_or_are_refused(tmp_path: Path, data):
    path = tmp_path / "run.toml"
    path.write_bytes(data)
    assert composes_or_is_refused(config=path)


@pytest.mark.parametrize("name", [".", "there/is/none.toml", "x" * 5000, "nul\x00"])
def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, name):
    with pytest.raises(UsageError, match="cannot read the configuration"):
        read_config(tmp_path / name)


def test_a_huge_file_is_hardly_a_configuration(tmp_path: Path):
    path = tmp_path / "run.toml"
    path.write_text("#" * 1_000_001)
    with pytest.raises(UsageError, match="hardly a configuration"):
        read_config(path)
