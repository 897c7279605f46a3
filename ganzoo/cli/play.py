"""`ganzoo play`: a page on this machine to draw with a trained generator."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Annotated

import typer

from ganzoo.cli.evaluate import Which
from ganzoo.cli.sample import Source
from ganzoo.playing.web.address import PORT

Host = Annotated[str, typer.Option(help="Where to listen. Anything but this machine's own address lets others in.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")]
Open = Annotated[bool, typer.Option("--open", help="Show it in the browser.")]


def play(
    run: Source,
    host: Host = "127.0.0.1",
    port: Port = PORT,
    show: Open = False,
    checkpoint: Which = "latest",
) -> None:
    """Draw on a page: seed, truncation, class, a walk. On this machine only; Ctrl-C ends it."""
    from ganzoo import api
    from ganzoo.cli.common import installed

    installed()
    with api.play(run, host=host, port=port, checkpoint=checkpoint) as address:
        _warn_of_others(host)
        with suppress(KeyboardInterrupt):  # from the moment the address is shown: how this verb ends, and no error
            sys.stdout.write(f"{address}  (Ctrl-C ends it)\n")
            sys.stdout.flush()
            if show:
                _open(address)
            while True:
                time.sleep(3600)
        sys.stdout.write("\n")


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        sys.stderr.write("no browser was found: open the address yourself\n")


def _warn_of_others(host: str) -> None:
    from ganzoo.cli.text import plain_text
    from ganzoo.playing.web.server import is_here

    if not is_here(host):
        sys.stderr.write(
            plain_text(
                f"warning: --host {host}: whoever reaches this machine can open the page and make it draw; there is no "
                "password"
            )
            + "\n"
        )
