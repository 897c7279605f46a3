"""The server behind the page: on this machine only, unless told otherwise; it gives out pictures and changes nothing.

Tornado, because Bokeh needs it anyway: nothing more is installed for this page.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Thread
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from ganzoo.errors import UsageError

HERE = "127.0.0.1"
OWN_NAMES = frozenset({"localhost", HERE, "::1"})


@dataclass(frozen=True)
class Site:
    """What is given out.

    Attributes:
        page: the text of the page.
        policy: its Content-Security-Policy.
        draw: the words of a picture's address -> its PNG; raises `UsageError`. Called in one thread, one at a time.
        names: what this machine may be called by those who ask; empty: anything.
    """

    page: str
    policy: str
    draw: Callable[[dict[str, str]], bytes]
    names: frozenset[str]


@contextmanager
def serving(page: tuple[str, str], draw: Callable[[dict[str, str]], bytes], host: str, port: int) -> Iterator[str]:
    """Serve, in a thread of its own, while the block runs.

    Args:
        page: its text and its policy.
        draw: see `Site`.
        host: where to listen.
        port: 0: any that is free.

    Yields:
        The address to open.

    Raises:
        UsageError: it cannot listen there.
    """
    sockets = _listen(host, port)
    names = OWN_NAMES | {host} if is_here(host) else frozenset[str]()
    started: Future[Callable[[], object]] = Future()
    with ThreadPoolExecutor(1) as drawing:
        thread = Thread(target=_run, args=(Site(*page, draw, names), sockets, drawing, started), name="ganzoo play")
        thread.start()
        stop = started.result()
        try:
            yield address(host, sockets[0].getsockname()[1])
        finally:
            stop()
            thread.join()


def is_here(host: str) -> bool:
    """Nobody but this machine reaches it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """What to open in the browser of this machine."""
    name = {"0.0.0.0": HERE, "::": "::1", "": HERE}.get(host, host)
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def _listen(host: str, port: int) -> list[socket.socket]:
    try:
        return bind_sockets(port, address=host)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}", hint="--port 0 takes any free port"
        ) from error
    except (OverflowError, UnicodeError) as error:  # a port or a name that no machine has
        raise UsageError(f"cannot listen on {host[:80]}, port {port}: {error}") from error


def _run(site: Site, sockets: list[socket.socket], drawing: ThreadPoolExecutor, started: Future[Any]) -> None:
    async def serve() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        known = {"site": site, "drawing": drawing}
        routes = [("/", _Page, known), ("/picture", _Picture, known)]
        # No line a request: what a picture lacks is said on the page, and what raises is logged by Tornado itself.
        server = HTTPServer(Application(routes, log_function=lambda _handler: None))
        server.add_sockets(sockets)
        started.set_result(lambda: loop.call_soon_threadsafe(ended.set))
        await ended.wait()
        server.stop()
        await server.close_all_connections()

    try:
        asyncio.run(serve())
    except BaseException as error:
        if started.done():
            raise
        started.set_exception(error)  # who started the thread waits for word of it


class _Handler(RequestHandler):
    """What both answers share: who may ask, and what a browser may do with the answer."""

    def initialize(self, site: Site, drawing: ThreadPoolExecutor) -> None:
        self.site, self.drawing = site, drawing

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def prepare(self) -> None:
        """Refuse what another site's page asks through the browser (DNS rebinding, or a picture in its own page)."""
        name = self.request.host_name.strip("[]")
        if self.site.names and name not in self.site.names:
            raise HTTPError(403, reason="Not this machine's name")

    def write_error(self, status_code: int, **_: Any) -> None:  # Any: as the base class has it
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}: {self._reason}")


class _Page(_Handler):
    def get(self) -> None:
        """The page."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", f"{self.site.policy}; frame-ancestors 'none'")
        self.finish(self.site.page)


class _Picture(_Handler):
    async def get(self) -> None:
        """A picture, or in words why there is none."""
        if self.request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            raise HTTPError(403, reason="Asked for by another site")
        words = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            file = await asyncio.get_running_loop().run_in_executor(self.drawing, self.site.draw, words)
        except UsageError as error:
            self.set_status(400)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            await self.finish(error.message)
            return
        self.set_header("Content-Type", "image/png")
        await self.finish(file)
