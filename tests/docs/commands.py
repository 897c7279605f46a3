"""The commands in the pages' code blocks, and whether the command line takes them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

import typer
from conftest import Block
from typer.testing import CliRunner

from ganzoo.cli.app import app

BACKGROUND = re.compile(r"^nohup (.*?) > \S+ 2>&1 &$")
FOR_RUN_ONLY = {"--out": 1, "--processes": 1, "--quiet": 0, "-q": 0, "--json": 0}


def lines_in(block: Block) -> Iterator[str]:
    """One shell command each: long lines joined, comments off, `&&` and `||` taken apart."""
    for line in block.text.replace("\\\n", " ").splitlines():
        plain = BACKGROUND.sub(r"\1", line.partition("  #")[0].strip())
        for part in re.split(r" && | \|\| ", plain):
            if part.strip():
                yield part.strip()


def lines_of(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    """Page and one shell command each, of all `bash` blocks."""
    for block in blocks:
        if block.language == "bash":
            for line in lines_in(block):
                yield block.page, line


def commands_of(blocks: Sequence[Block]) -> Iterator[tuple[str, list[str]]]:
    """Page and the words behind `ganzoo`."""
    for page, line in lines_of(blocks):
        if line.startswith("ganzoo "):
            yield page, shlex.split(line)[1:]


def check_taken(page: str, words: Sequence[str]) -> None:
    """That the command line takes these words: a run resolves to a configuration, other verbs have such options."""
    if words[0] == "run":
        result = CliRunner().invoke(app, ["config", "resolve", *_without_what_only_run_takes(words[1:])])
        assert result.exit_code == 0, f"{page}: ganzoo {shlex.join(words)}\n{result.output}{result.exception}"
        return
    command, rest = typer.main.get_command(app), list(words)
    while hasattr(command, "commands"):
        assert rest[0] in command.commands, f"{page}: ganzoo {shlex.join(words)}"
        command, rest = command.commands[rest[0]], rest[1:]
    command.make_context(words[0], rest)  # raises on an option that does not exist


def _without_what_only_run_takes(words: Sequence[str]) -> list[str]:
    kept, rest = [], iter(words)
    for word in rest:
        if word in FOR_RUN_ONLY:
            for _ in range(FOR_RUN_ONLY[word]):
                next(rest)
        else:
            kept.append(word)
    return kept
