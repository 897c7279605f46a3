"""The page on the command line: what every verb's `--help` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from markup import cell, prose, table

from ganzoo.cli.app import app


def command_line() -> Iterator[str]:
    yield (
        "What trains, scores, draws or compares is also a function: see [Python](python.md). `watch`, `list`, `show`, "
        "`plugins` and `config` are for the terminal only. `--help` after any verb says the same, and "
        "`ganzoo --install-completion` completes names of architectures, strategies, metrics and data sets."
    )
    root = typer.main.get_command(app)
    yield from _verbs(root, "ganzoo")
    yield "## Exit codes"
    yield table(
        ("code", "meaning"),
        [
            ("0", "done"),
            ("1", "a fault of ganzoo's or of a plugin's, or training that cannot go on"),
            ("2", "the user's input cannot work; nothing was started"),
            ("3", "in one of several processes: another one is the cause and says why; the command ends with 1"),
            ("130", "interrupted with Ctrl-C; everything is saved (143 after SIGTERM)"),
        ],
    )
    yield "## Environment"
    yield table(
        ("variable", "meaning"),
        [
            (
                "`GANZOO_CACHE`",
                "folder for decoded images, statistics and downloads instead of the user's cache folder",
            ),
            (
                "`GANZOO_LOAD_PLUGINS`",
                "names of plugins or distributions, separated by commas: no other third-party plugin is loaded; "
                "empty: none",
            ),
        ],
    )


def _verbs(group: Any, path: str) -> Iterator[str]:  # Any: typer brings its own copy of click, which has no stubs
    for name, command in group.commands.items():
        words = f"{path} {name}"
        if hasattr(command, "commands"):
            yield f"## {words}"
            yield prose(command.help)
            yield from _verbs(command, words)
            continue
        yield f"{'##' if path == 'ganzoo' else '###'} {words}"
        yield prose(command.help)
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
        usage = [_metavar(argument) for argument in arguments] + (["[OPTIONS]"] if options else [])
        yield f"```text\n{' '.join([words, *usage])}\n```"
        rows = [(f"`{_metavar(argument)}`", cell(argument.help or "")) for argument in arguments]
        rows += [(", ".join(f"`{opt}`" for opt in option.opts), _option(option)) for option in options]
        if rows:
            yield table(("", "meaning"), rows)


def _metavar(argument: Any) -> str:  # Any: as above
    name = argument.metavar or argument.name.upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _option(option: Any) -> str:  # Any: as above
    default = option.default
    shown = "" if default in (None, False, ()) or callable(default) else f" Default: `{default}`."
    return cell((option.help or "") + shown)
