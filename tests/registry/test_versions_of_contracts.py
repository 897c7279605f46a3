"""A plugin built for newer contracts is refused before it is imported; for older ones, it is loaded with a word."""

from __future__ import annotations

import sys

import pytest

from ganzoo.contracts.version import VERSION, contracts_version
from ganzoo.registry import versions
from ganzoo.registry.manager import Status, load


@pytest.fixture
def written(plugins, tmp_path, monkeypatch):
    """An entry point to a new module of this text."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(text: str, module: str):
        path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
        for folder in reversed(path.relative_to(tmp_path).parents[:-1]):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
        return plugins.to(module, "gan-else", name="else")

    return write


@pytest.mark.parametrize("version", ["1.1", "2.0", "10.0"])
def test_a_plugin_built_for_newer_contracts_is_refused_without_being_imported(written, version):
    text = f'GANZOO_CONTRACTS = "{version}"\nfrom ganzoo.contracts import NotYetThere\n'
    (plugin,) = load([written(text, "newer_plugin")])
    assert plugin.status is Status.FAILED
    assert plugin.error == (
        f"ContractError: built for version {version} of ganzoo's contracts, and this ganzoo has {VERSION}: "
        "update ganzoo, or install an older version of the plugin"
    )
    assert "newer_plugin" not in sys.modules


def test_one_deep_in_a_package_is_read_without_importing_the_package(written):
    (plugin,) = load([written('GANZOO_CONTRACTS: str = "7.0"', "outer_of_newer.inner.plugin")])
    assert "version 7.0" in plugin.error
    assert "outer_of_newer" not in sys.modules


@pytest.mark.parametrize("text", [f'GANZOO_CONTRACTS = "{VERSION}"', "", "x = 'GANZOO_CONTRACTS'"])
def test_a_plugin_of_this_version_or_of_none_loads_without_a_word(written, text, request):
    (plugin,) = load([written(text, f"plain_plugin_{abs(hash(text))}")])
    assert (plugin.status, plugin.contracts, plugin.warning) == (Status.LOADED, VERSION, "")


def test_one_built_for_an_older_major_version_loads_and_is_warned_of(written, monkeypatch):
    monkeypatch.setattr(versions, "VERSION", "2.3")
    (plugin,) = load([written('GANZOO_CONTRACTS = "1.4"', "older_plugin")])
    assert plugin.status is Status.LOADED
    assert plugin.warning == (
        "was built for version 1.4 of ganzoo's contracts; this is 2.3, and parts of it may fail when used"
    )


def test_an_older_minor_version_needs_no_word(written, monkeypatch):
    monkeypatch.setattr(versions, "VERSION", "1.3")
    (plugin,) = load([written('GANZOO_CONTRACTS = "1.1"', "slightly_older_plugin")])
    assert (plugin.status, plugin.warning) == (Status.LOADED, "")


@pytest.mark.parametrize("declaration", ["'soon'", "1.0", "'1'", "None"])
def test_a_declaration_that_is_no_version_is_said(written, declaration):
    (plugin,) = load([written(f"GANZOO_CONTRACTS = {declaration}", f"odd_plugin_{abs(hash(declaration))}")])
    if declaration == "1.0":  # as good as the string
        assert plugin.status is Status.LOADED
        return
    assert plugin.status is Status.FAILED
    assert 'GANZOO_CONTRACTS is "major.minor"' in plugin.error


def test_a_module_that_does_not_compile_fails_with_its_own_error(written):
    (plugin,) = load([written("GANZOO_CONTRACTS = '9.9'\ndef (", "uncompiled_plugin")])
    assert plugin.error.startswith("SyntaxError")


def test_the_warning_and_the_refusal_are_one_line_each(plugins, written, monkeypatch, capsys):
    from ganzoo.cli import common
    from ganzoo.registry import catalogue

    monkeypatch.setattr(versions, "VERSION", "2.0")
    loaded = load([written('GANZOO_CONTRACTS = "1.0"', "warned_plugin"), written('GANZOO_CONTRACTS="3.0"', "new_one")])
    monkeypatch.setattr(catalogue, "catalogue", lambda: catalogue.Catalogue(loaded))
    common.installed()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("warning: the plugin gan-else was built for version 1.0")
    assert lines[1].startswith("warning: the plugin gan-else did not load: ContractError: built for version 3.0")
    assert len(lines) == 2


def test_a_version_is_two_numbers():
    assert contracts_version("1.10") > contracts_version("1.9")
    assert contracts_version("1") is None
    assert contracts_version("1.0.0") is None
