"""Each plugin loads by itself; what is broken is remembered and breaks nothing else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from ganzoo.plugin import BalancingSpec, LossSpec, StrategyConfig
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind, Plugin, Status, load, load_plugins


def strategy(name: str, **changes: Any) -> BalancingSpec[StrategyConfig]:  # Any: fields of a spec
    return BalancingSpec(name=name, summary="a strategy", config=StrategyConfig, build=lambda _: None, **changes)  # type: ignore[arg-type, return-value]  # never built


def ganzoo_balancing() -> list[object]:
    raise RuntimeError("first line\nsecond line")


def names(plugins: tuple[Plugin, ...]) -> list[str]:
    return [offer.spec.name for plugin in plugins for offer in plugin.offers]


def test_ganzoos_own_plugins_all_load():
    loaded = load_plugins()
    assert {plugin.status for plugin in loaded} == {Status.LOADED}
    assert {"balance", "datasets", "dcgan", "losses", "metrics", "optimizers"} <= {p.name for p in loaded}


def test_a_plugin_that_raises_on_import_fails_alone(plugins, tmp_path: Path, monkeypatch):
    (tmp_path / "broken_on_import.py").write_text('raise ImportError("no module named `wings`\\nsorry")')
    monkeypatch.syspath_prepend(tmp_path)
    broken, good = load(
        [
            plugins.to("broken_on_import", "gan-broken"),
            plugins.offering("gan-good", "ganzoo_balancing", strategy("calm")),
        ]
    )
    assert broken.status is Status.FAILED
    assert broken.error == "ImportError: no module named `wings` sorry"
    assert "broken_on_import.py" in broken.details
    assert names((good,)) == ["calm"]


def test_a_plugin_that_leaves_python_on_import_fails_alone(plugins, tmp_path: Path, monkeypatch):
    (tmp_path / "leaves_on_import.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    broken, good = load(
        [
            plugins.to("leaves_on_import", "gan-broken"),
            plugins.offering("gan-good", "ganzoo_balancing", strategy("calm")),
        ]
    )
    assert (broken.status, broken.error) == (Status.FAILED, "SystemExit: 3")
    assert good.status is Status.LOADED


def test_a_plugin_whose_module_is_missing_fails_with_its_name(plugins):
    (plugin,) = load([plugins.to("there_is_no_such_module", "gan-gone")])
    assert plugin.status is Status.FAILED
    assert "there_is_no_such_module" in plugin.error


def test_a_plugin_that_raises_in_its_hook_fails_with_one_line(plugins):
    broken, good = load(
        [
            plugins.entry("gan-broken", ganzoo_balancing),
            plugins.offering("gan-good", "ganzoo_balancing", strategy("calm")),
        ]
    )
    assert (broken.status, broken.error) == (Status.FAILED, "RuntimeError: first line second line")
    assert broken.offers == ()
    assert names((good,)) == ["calm"]


@pytest.mark.parametrize("answer", [None, 3, "d-skip", [None], [StrategyConfig], {"d-skip": 1}])
def test_a_hook_that_returns_something_else_than_specs_fails(plugins, answer):
    def hook() -> object:
        return answer

    hook.__name__ = "ganzoo_balancing"
    (plugin,) = load([plugins.entry("gan-broken", hook)])
    assert plugin.status is Status.FAILED
    assert "`ganzoo_balancing` must return a list of BalancingSpec" in plugin.error


def test_a_spec_of_another_kind_fails(plugins):
    (plugin,) = load([plugins.offering("gan-broken", "ganzoo_losses", strategy("calm"))])
    assert plugin.status is Status.FAILED
    assert f"must return a list of {LossSpec.__name__}" in plugin.error


@pytest.mark.parametrize("name", ["", "d.skip", "d skip", "d:skip", "pkg/d-skip", 3])
def test_a_name_that_cannot_be_typed_fails(plugins, name):
    (plugin,) = load([plugins.offering("gan-broken", "ganzoo_balancing", strategy(name))])
    assert plugin.status is Status.FAILED
    assert f"{name!r}: a name has letters, digits, `-` and `_` only" in plugin.error


def test_a_hook_that_ganzoo_does_not_know_fails_and_names_the_hooks(plugins):
    (plugin,) = load([plugins.offering("gan-broken", "ganzoo_balansing", strategy("calm"))])
    assert plugin.status is Status.FAILED
    assert "`ganzoo_balansing` is no hook of ganzoo" in plugin.error
    assert "ganzoo_balancing" in plugin.error


def test_a_hook_that_wants_arguments_fails(plugins):
    def ganzoo_losses(config: object) -> list[object]:
        return [config]

    (plugin,) = load([plugins.entry("gan-broken", ganzoo_losses)])
    assert plugin.status is Status.FAILED
    assert "ganzoo_losses" in plugin.error


def test_a_plugin_without_hooks_loads_and_offers_nothing(plugins):
    (plugin,) = load([plugins.entry("gan-empty")])
    assert (plugin.status, plugin.offers) == (Status.LOADED, ())


def test_what_is_known_of_a_plugin_names_its_distribution_and_version(plugins):
    (plugin,) = load([plugins.offering("gan-good", "ganzoo_balancing", strategy("calm"), name="calming")])
    assert (plugin.name, plugin.distribution, plugin.version) == ("calming", "gan-good", "1.2.3")
    assert plugin.load_ms > 0
    (offer,) = plugin.offers
    assert (offer.kind, offer.distribution) == (Kind.BALANCE, "gan-good")


@pytest.fixture
def three(plugins):
    return [
        plugins.offering("gan-one", "ganzoo_balancing", strategy("one"), name="first"),
        plugins.offering("gan-two", "ganzoo_balancing", strategy("two"), name="second"),
        plugins.offering("pyganzoo", "ganzoo_balancing", strategy("ours"), name="own"),
    ]


@pytest.mark.parametrize(
    ("allow_list", "offered"),
    [
        (None, ["one", "two", "ours"]),
        ("first", ["one", "ours"]),
        ("gan-two", ["two", "ours"]),
        (" first , gan-two ", ["one", "two", "ours"]),
        ("nobody", ["ours"]),
        ("", ["ours"]),
    ],
)
def test_the_allow_list_names_entry_points_or_distributions_and_ours_always_load(three, allow_list, offered):
    assert names(load(three, allow_list)) == offered


def test_a_plugin_off_the_allow_list_is_not_imported(plugins):
    entry = plugins.to("never_imported_module", "gan-one", name="first")
    (plugin,) = load([entry], "")
    assert plugin.status is Status.NOT_ALLOWED
    assert "GANZOO_LOAD_PLUGINS" in plugin.status
    assert "never_imported_module" not in sys.modules
    assert Catalogue([plugin]).failed == []
