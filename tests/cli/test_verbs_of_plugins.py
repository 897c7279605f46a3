"""A plugin's verb stands beside ganzoo's own; of two that have one name, the user says which."""

from __future__ import annotations

import pytest
import typer

from ganzoo.cli import app as command_line
from ganzoo.plugin import CommandSpec


def greeting(word: str) -> CommandSpec:
    def build() -> typer.Typer:
        verb = typer.Typer(invoke_without_command=True)

        @verb.callback()
        def greet(name: str = "you") -> None:
            """Greet."""
            typer.echo(f"{word}, {name}")

        return verb

    return CommandSpec(name="greet", summary="Greet.", build=build)


@pytest.fixture
def greet(cli, plugins, monkeypatch):
    """`greet("hello")`: plugins `one`, ... offer `ganzoo greet`, each with its word; answers with the command line."""

    def offer(*words: str):
        names = ("one", "other")
        entries = [
            plugins.offering(n, "ganzoo_commands", greeting(word)) for n, word in zip(names, words, strict=False)
        ]
        found = plugins.beside_ours(*entries)
        monkeypatch.setattr("ganzoo.cli.common.installed", lambda: found)
        monkeypatch.setattr(command_line.app, "registered_groups", [*command_line.app.registered_groups])
        return cli

    return offer


def test_a_plugins_verb_runs_with_its_options(greet):
    ended = greet("hello")("greet", "--name", "G")
    assert (ended.code, ended.out) == (0, "hello, G\n")


def test_of_two_plugins_with_one_verb_the_user_says_which(greet):
    ended = greet("hello", "good evening")("greet")
    assert ended.code == 2
    assert "two plugins offer the command `greet`" in ended.err
    assert "`one/greet`, `other/greet`" in ended.err


def test_the_one_that_is_named_with_its_distribution_runs(greet):
    ended = greet("hello", "good evening")("other/greet")
    assert (ended.code, ended.out) == (0, "good evening, you\n")
