"""`--balance steady`: several levers under one name."""

from __future__ import annotations

import shlex
from itertools import pairwise

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind

NAMES = catalogue().names(Kind.COMPOSITION)


@pytest.mark.parametrize("name", NAMES)
def test_a_composition_stands_for_its_strategies_and_settings(name: str) -> None:
    spec = catalogue().find(Kind.COMPOSITION, name)
    config = compose(Request(recipe="dcgan", balance=[name]), catalogue())
    assert list(config.balance) == list(spec.strategies)
    for path, value in {**spec.settings, **spec.where_possible}.items():
        found: object = config.model_dump(mode="json")
        for key in path.split("."):
            assert isinstance(found, dict)
            found = found[key]
        assert found == value, path


def test_what_only_some_parts_have_is_left_out_elsewhere_and_what_the_user_says_wins() -> None:
    config = compose(
        Request(recipe="dcgan", balance=["steady", "d-dropout"], settings=["loss.kind=hinge", "balance.r1r2.gamma=1"]),
        catalogue(),
    )
    assert list(config.balance) == ["r1r2", "batch-size", "d-dropout"]
    assert config.loss.kind == "hinge"
    assert config.balance["r1r2"].model_dump()["gamma"] == 1


def test_settings_behind_a_compositions_name_are_refused_with_the_way_out() -> None:
    with pytest.raises(UsageError, match="is a composition") as error:
        compose(Request(recipe="dcgan", balance=["steady:gamma=1"]), catalogue())
    assert "--set balance" in error.value.hint


@pytest.mark.parametrize(
    ("typed", "meant"), [("stedy", "steady"), ("stead:threshold=1", "steady"), ("gentl", "gentle")]
)
def test_a_name_nearly_a_compositions_is_told_which(typed: str, meant: str) -> None:
    with pytest.raises(UsageError) as raised:
        compose(Request(recipe="dcgan", balance=[typed]), catalogue())
    name = typed.partition(":")[0]
    assert raised.value.message.startswith(
        f"no balancing strategy or composition is called `{name}` (from --balance). Did you mean `{meant}`"
    )
    assert "ganzoo list composition" in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("recipe", "name", "said", "rest"),
    [
        (
            "r3gan",
            "steady",
            "`r1r2`, of --balance steady, is part of",
            "--balance batch-size --set loss.kind=relativistic",
        ),
        ("fastgan", "few-images", "`diff-augment`, of --balance few-images, is part of", "--balance r1:every=4"),
        ("r3gan", "few-images", "`r1r2` and `r1` do not go together", "--balance diff-augment"),
        ("stylegan2", "steady", "`r1` and `r1r2` do not go", "--balance batch-size --set loss.kind=relativistic"),
    ],
)
def test_what_the_recipe_has_already_is_said_with_the_flags_for_the_rest(
    recipe: str, name: str, said: str, rest: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        compose(Request(recipe=recipe, balance=[name]), catalogue())
    assert f"instead of --balance {name}, {rest}" in caught.value.hint
    flags = list(pairwise(rest.split()))
    balance, settings = ([value for flag, value in flags if flag == asked] for asked in ("--balance", "--set"))
    assert compose(Request(recipe=recipe, balance=balance, settings=settings), catalogue())


def test_what_belongs_to_the_method_can_be_left_out_as_the_hint_says() -> None:
    with pytest.raises(UsageError) as caught:
        compose(Request(recipe="stylegan2", balance=["steady"]), catalogue())
    said = shlex.split(caught.value.hint.splitlines()[0].partition(": ")[2])
    assert said == ["--set", "method={path-length = {}}"]
    config = compose(Request(recipe="stylegan2", balance=["steady"], settings=said[1:]), catalogue())
    assert [*config.method, *config.balance] == ["path-length", "r1r2", "batch-size"]
    assert config.method["path-length"].model_dump()["weight"] == 2.0, "the others keep their settings"


def test_data_that_is_not_there_is_said_with_the_option_it_was_written_behind(installed):
    with pytest.raises(UsageError, match="--against nowhere: no such folder or zip"):
        compose(Request(recipe="dcgan", data="nowhere", data_option="--against"), installed)


@pytest.mark.parametrize("written", ["fotos", "./fotos/", "{here}/fotos"])
def test_a_folder_of_nearly_that_name_is_offered_as_it_would_be_written(written, installed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("photos", ".fotos", "fotos.txt"):
        (tmp_path / name).mkdir() if "." not in name else (tmp_path / name).touch()
    written = written.format(here=tmp_path)
    with pytest.raises(UsageError) as caught:
        compose(Request(recipe="dcgan", data=written), installed)
    place = f"{tmp_path}/" if written.startswith(str(tmp_path)) else ""
    assert caught.value.message.endswith(f"of that name. Did you mean `{place}photos`?")
