"""What all tests share: a quiet machine, caches of their own, the command line in this process or another."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

from ganzoo.plugin import hookimpl
from ganzoo.registry.catalogue import Catalogue, catalogue
from ganzoo.registry.manager import load, load_plugins

# One thread: two cores are shared, and sums in another order are other sums.
os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("ganzoo", deadline=None, derandomize=True)
settings.load_profile("ganzoo")
gc.disable()  # until all tests are collected


def pytest_collection_finish() -> None:
    """What was imported and collected stays: looking through it for garbage took a fifth of the time of collecting."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing of a user's caches is read or written, here or in a process a test starts."""
    folder = tmp_path_factory.mktemp("caches")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANZOO_CACHE", str(folder / "ganzoo"))
        patch.setenv("MPLCONFIGDIR", str(folder / "matplotlib"))
        patch.delenv("GANZOO_LOAD_PLUGINS", raising=False)
        yield folder


@pytest.fixture(autouse=True, scope="session")
def verbs_built_once() -> Iterator[None]:
    """Typer builds the parsers of all verbs anew for each call, 50 ms; of the same verbs, tests build them once."""
    import typer.main
    import typer.testing

    build = typer.main.get_command
    built: dict[tuple[int, ...], tuple[object, Any]] = {}

    def once(app: typer.Typer) -> Any:
        verbs = [app, *app.registered_commands, *app.registered_groups]
        known = tuple(map(id, verbs))
        if known not in built:
            built[known] = verbs, build(app)  # kept with them: what is not freed shares its id with nobody
        return built[known][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", once)
        patch.setattr(typer.testing, "_get_command", once)
        yield


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


RunCli = Callable[..., Ended]


@pytest.fixture
def run_cli(tmp_path: Path) -> RunCli:
    """`run_cli("run", "dcgn")`: `ganzoo run dcgn` in a process and a folder of its own."""

    def run(*arguments: str, cwd: Path = tmp_path, python: Sequence[str] = (), timeout_s: float = 120) -> Ended:
        command = [*(python or (sys.executable,)), "-m", "ganzoo", *arguments]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout_s)
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """`cli("run", "dcgn")`: the same in this process, which has imported everything already."""
    from ganzoo.cli.app import main

    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["ganzoo", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as ending:
            code = ending.code
        out, err = capsys.readouterr()
        return Ended(int(str(code or 0)), out, err)

    return run


@pytest.fixture
def no_report() -> Iterator[None]:
    """Runs in this process end without their pictures and their page."""
    from quick_endings import quick_endings

    with quick_endings():
        yield


class FakeDistribution(Distribution):
    """A distribution that is not installed."""

    def __init__(self, name: str, version: str) -> None:
        self._text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        return Path(path)


@dataclass
class PluginMaker:
    """Makes modules with hooks, and entry points that lead to them."""

    monkeypatch: pytest.MonkeyPatch
    made: int = 0

    def entry(self, distribution: str, *hooks: Callable[[], object], name: str = "part") -> EntryPoint:
        """An entry point of `distribution` to a new module with these hooks, named as their functions."""
        self.made += 1
        module = ModuleType(f"plugin_under_test_{self.made}")
        for hook in hooks:
            setattr(module, hook.__name__, hookimpl(hook))
        self.monkeypatch.setitem(sys.modules, module.__name__, module)
        return self.to(module.__name__, distribution, name)

    def to(self, module: str, distribution: str, name: str = "part") -> EntryPoint:
        """An entry point of `distribution` to a module by name, whether it exists or not."""
        entry = EntryPoint(name=name, value=module, group="ganzoo")
        vars(entry)["dist"] = FakeDistribution(distribution, "1.2.3")  # as importlib.metadata itself attaches it
        return entry

    def offering(self, distribution: str, hook: str, *specs: object, name: str = "part") -> EntryPoint:
        """An entry point whose hook returns `specs`."""

        def answer() -> list[object]:
            return list(specs)

        answer.__name__ = hook
        return self.entry(distribution, answer, name=name)

    def beside_ours(self, *entries: EntryPoint) -> Catalogue:
        """The catalogue of what is installed, and these."""
        return Catalogue([*load_plugins(), *load(entries)])


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> PluginMaker:
    """Makes plugins that are not installed."""
    return PluginMaker(monkeypatch)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Any]:
    """A headless browser."""
    from browsing import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture
def browser(chrome: Any) -> Iterator[Any]:
    """A headless browser, of a desktop in the light."""
    from browsing import as_before

    as_before(chrome)
    yield chrome


@pytest.fixture(scope="session")
def installed() -> Catalogue:
    """The catalogue of what is installed."""
    return catalogue()
