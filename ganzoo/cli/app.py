"""`ganzoo`: the verbs, and how errors reach the user."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup, TyperOption

from ganzoo.cli import (
    compare,
    config,
    data,
    directions,
    doctor,
    evaluate,
    export,
    interpolate,
    listing,
    new,
    play,
    plugins,
    project,
    report,
    resume,
    run,
    sample,
    show,
    sweep,
    watch,
)
from ganzoo.errors import GanzooError, GanzooWarning

COMPLETION = ("install_completion", "show_completion")


class Verbs(TyperGroup):
    """The verbs. The options for a shell's completion work, and leave their lines of the help to the verbs."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # Any: click's, which new typers bring without stubs
        """The options of every day, then the verbs."""
        for parameter in self.params:
            if isinstance(parameter, TyperOption) and parameter.name in COMPLETION:
                parameter.hidden = True
        super().format_options(ctx, formatter)


app = typer.Typer(
    name="ganzoo",
    cls=Verbs,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(asked: bool) -> None:
    """The version, and nothing else."""
    if asked:
        from importlib.metadata import version

        from ganzoo.registry.manager import OWN_DISTRIBUTION

        sys.stdout.write(f"ganzoo {version(OWN_DISTRIBUTION)}\n")
        raise typer.Exit


@app.callback()
def ganzoo(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """
    \b
    Train a GAN on your own images, and keep its two networks in a fair fight.
    Start with: ganzoo run dcgan --balance steady
    """


app.command("run")(run.run)
app.command("resume")(resume.resume)
app.command("sweep")(sweep.sweep)
app.command("evaluate")(evaluate.evaluate)
app.command("compare")(compare.compare)
app.command("report")(report.report)
app.command("watch")(watch.watch)
app.command("doctor")(doctor.doctor)
app.command("sample")(sample.sample)
app.command("interpolate")(interpolate.interpolate)
app.command("project")(project.project)
app.command("directions")(directions.directions)
app.command("play")(play.play)
app.command("export")(export.export)
app.command("list")(listing.list_parts)
app.command("show")(show.show)
app.command("plugins")(plugins.plugins)
app.command("new")(new.new)
app.add_typer(config.app, name="config")
app.add_typer(data.app, name="data")


def main() -> None:
    """Entry point. 0 done, 1 ours, 2 the user's input, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot write is shown as \u1234, and is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        with said_in_a_line():
            add_plugin_verbs(sys.argv[1:])
            app(prog_name="ganzoo")  # also where it was started as `python -m ganzoo`
    except GanzooError as error:
        if not said_elsewhere(error):
            sys.stderr.write(in_words(error) + "\n")
        sys.exit(error.exit_code)
    except OSError as error:  # a full disk, a folder in a file's place, a name too long: anywhere, at any time
        sys.stderr.write(in_words(of_the_system(error)) + "\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def said_in_a_line() -> Iterator[None]:
    """Our own warnings are `warning: ...`, without the line of code that others come with."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", GanzooWarning)
        others = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, GanzooWarning):
                from ganzoo.cli.text import plain_text

                sys.stderr.write(plain_text(f"warning: {message}") + "\n")
            else:
                others(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield


def said_elsewhere(error: GanzooError) -> bool:
    """Of several processes that stop for one reason, rank 0 says it; where it is rank 0 that is gone, rank 1 does."""
    from ganzoo.training.launching import place

    rank = place()
    return rank > 0 and (error.exit_code >= 128 or (error.is_another_processes and rank > 1))


def of_the_system(error: OSError) -> GanzooError:
    """What the operating system refused, in its words, with the file's name."""
    name = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return GanzooError(f"{name}{error.strerror or error}")


def add_plugin_verbs(arguments: list[str]) -> None:
    """Where the verb is none of ours, look for it among the plugins; our own verbs never wait for them."""
    ours = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    verb = next((word for word in arguments if not word.startswith("-")), None)
    if verb is None or verb in ours:
        return
    from ganzoo.cli.common import installed
    from ganzoo.registry.manager import Kind
    from ganzoo.registry.specs import CommandSpec

    if verb.rpartition("/")[2] in {offer.spec.name for offer in installed().offers(Kind.COMMAND)}:
        spec = installed().find(Kind.COMMAND, verb)
        assert isinstance(spec, CommandSpec)  # the manager checks what a hook returns
        app.add_typer(spec.build(), name=verb, help=spec.summary)


def in_words(error: GanzooError) -> str:
    """`error: ...` with the hint's lines below it, free of control characters."""
    from ganzoo.cli.text import plain_text

    label = "stopped" if error.exit_code >= 128 else "error"
    indent = " " * (len(label) + 2)
    lines = [f"{label}: {error.message}", *(f"{indent}{line}" for line in error.hint.splitlines())]
    return "\n".join(plain_text(line) for text in lines for line in text.splitlines())
