"""What is built can be installed anywhere, and anyone's package adds to it without an edit here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
BROKEN = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "gan-broken"
version = "0.3"
[project.entry-points.ganzoo]
broken = "gan_broken"
[tool.hatch.build.targets.wheel]
packages = ["gan_broken"]
"""


@dataclass(frozen=True)
class Environment:
    """A virtual environment outside the tree, with our dependencies but not our editable install."""

    python: Path

    def pip_install(self, what: Path, *options: str) -> None:
        """Install without a network."""
        self._checked(
            sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(self.python),
            "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", *options, str(what),
        )  # fmt: skip

    def ganzoo(self, *arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command in `cwd`."""
        command = [str(self.python.with_name("ganzoo")), *arguments]
        return subprocess.run(command, cwd=cwd, env=_outside(**variables), capture_output=True, text=True, timeout=120)

    def say(self, expression: str, cwd: Path) -> str:
        """What Python there prints."""
        return self._checked(str(self.python), "-c", f"import ganzoo; print({expression})", cwd=cwd).strip()

    def _checked(self, *command: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            command, cwd=cwd or self.python.parent, env=_outside(), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _outside(**variables: str) -> dict[str, str]:
    """The environment's variables without a way back into the tree."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in ("ganzoo", "plugins"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy / file)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist")],
        cwd=copy, env=_outside(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="session")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A new environment with the wheel installed; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    environment = Environment(folder / "bin" / "python")
    environment.pip_install(wheel)
    site = environment.say("ganzoo.__path__[0]", cwd=folder)
    # A plain line in a .pth adds a folder but does not read the .pth files in it: our editable install stays out.
    Path(site).parent.joinpath("lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return environment


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of eight small images."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(8):
        pixels = np.random.default_rng(number).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return folder


def entry_points() -> dict[str, str]:
    """The plugins of this tree, as pyproject.toml declares them."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = table["project"]["entry-points"]["ganzoo"]
    return found


def test_the_wheel_holds_every_plugin_the_data_set_and_the_marker_of_types(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for package in entry_points().values():
        assert f"{package}/__init__.py" in names
    assert {"ganzoo/py.typed", "ganzoo_datasets/avatars.zip", "ganzoo_datasets/CREDITS.md"} <= names
    assert not [name for name in names if name.startswith(("tests", "plugins", "docs", "examples"))]


def test_the_data_set_in_the_wheel_is_the_one_in_the_tree(wheel):
    inside = zipfile.ZipFile(wheel).read("ganzoo_datasets/avatars.zip")
    assert inside == (ROOT / "plugins" / "ganzoo_datasets" / "avatars.zip").read_bytes()


def test_every_plugin_loads_from_the_wheel_and_nothing_from_the_tree(elsewhere, tmp_path: Path, installed):
    ended = elsewhere.ganzoo("plugins", "--json", cwd=tmp_path)
    rows = {row["plugin"]: row for row in json.loads(ended.stdout) if row["distribution"] == "pyganzoo"}
    assert set(rows) == set(entry_points())
    assert {row["status"] for row in rows.values()} == {"loaded"}
    parts = json.loads(elsewhere.ganzoo("list", "--json", cwd=tmp_path).stdout)
    ours = {(o.kind, o.spec.name) for o in installed.offers() if o.distribution == "pyganzoo"}
    assert {(part["kind"], part["name"]) for part in parts if part["distribution"] == "pyganzoo"} == ours
    imported = Path(elsewhere.say("ganzoo.__file__", cwd=tmp_path))
    assert imported.is_relative_to(elsewhere.python.parents[1])


TINY = (
    "--steps", "5", "--batch-size", "4", "--image-size", "16", "--device", "cpu", "--metric", "ssim:pairs=4",
    "--set", "evaluation.images=8", "--set", "samples.count=4", "--out", "run",
)  # fmt: skip


@pytest.fixture(scope="session")
def with_theirs(elsewhere: Environment, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The same with the example's plugin installed from its own folder."""
    copy = tmp_path_factory.mktemp("theirs") / "gan-pocket"
    shutil.copytree(ROOT / "examples" / "third-party-plugin", copy)
    elsewhere.pip_install(copy)
    return elsewhere


def test_a_run_uses_the_architecture_and_the_strategy_of_anothers_package(with_theirs, photos: Path, tmp_path: Path):
    ended = with_theirs.ganzoo(
        "run", "pocket", "--balance", "d-nap:every=2", "--data", str(photos), *TINY, cwd=tmp_path
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    table = tomllib.loads((tmp_path / "run" / "config.toml").read_text(encoding="utf-8"))
    assert (table["recipe"], table["generator"]["kind"]) == ("pocket", "pocket")
    assert table["balance"] == {"d-nap": {"every": 2}}
    lines = (tmp_path / "run" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    decisions = [event["message"] for event in map(json.loads, lines) if event["kind"] == "decision"]
    assert decisions == ["discriminator: 2 of 5 updates skipped; d-nap: step 4 is a multiple of 2"]
    sampled = with_theirs.ganzoo("sample", "run", "-n", "2", "--out", "drawn", cwd=tmp_path)
    assert sampled.returncode == 0, sampled.stderr
    assert len(list((tmp_path / "drawn").iterdir())) == 2


def test_anothers_package_stands_beside_ours_in_the_lists(with_theirs, tmp_path: Path):
    shown = with_theirs.ganzoo("show", "balance", "d-nap", cwd=tmp_path).stdout
    assert shown.startswith("balance d-nap  (gan-pocket)")
    rows = json.loads(with_theirs.ganzoo("plugins", "--json", cwd=tmp_path).stdout)
    (theirs,) = [row for row in rows if row["distribution"] == "gan-pocket"]
    assert (theirs["status"], theirs["version"]) == ("loaded", "0.1.0")


def test_the_allow_list_leaves_anothers_package_out(with_theirs, tmp_path: Path):
    ended = with_theirs.ganzoo("run", "pocket", cwd=tmp_path, GANZOO_LOAD_PLUGINS="")
    assert ended.returncode == 2
    assert "no architecture is called `pocket`" in ended.stderr


@pytest.fixture(scope="session")
def broken(elsewhere: Environment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder for PYTHONPATH with an installed package that raises on import."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "source" / "gan_broken").mkdir(parents=True)
    (folder / "source" / "pyproject.toml").write_text(BROKEN)
    (folder / "source" / "gan_broken" / "__init__.py").write_text('raise RuntimeError("built for\\nganzoo 0.0")')
    elsewhere.pip_install(folder / "source", "--target", str(folder / "installed"))
    return str(folder / "installed")


def test_a_package_that_raises_on_import_changes_nothing_but_one_warning_line(
    elsewhere, broken, photos: Path, tmp_path: Path
):
    arguments = ("run", "dcgan", "--data", str(photos), "--set", "generator.width=2", *TINY)
    ended = elsewhere.ganzoo(*arguments, cwd=tmp_path, PYTHONPATH=broken)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.splitlines() == [
        "warning: the plugin gan-broken did not load: RuntimeError: built for ganzoo 0.0"
    ]
    with_it = (tmp_path / "run" / "config.toml").read_bytes()
    resolved = elsewhere.ganzoo("config", "resolve", *arguments[1:-2], cwd=tmp_path)
    assert resolved.stdout.encode() == with_it


def test_a_run_that_needs_the_package_that_failed_says_so(elsewhere, broken, tmp_path: Path):
    ended = elsewhere.ganzoo("run", "broken-gan", cwd=tmp_path, PYTHONPATH=broken)
    assert ended.returncode == 2
    assert "error: no architecture is called `broken-gan`." in ended.stderr
    assert "the plugin gan-broken failed to load and may offer it: RuntimeError: built for" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_list_of_plugins_says_what_failed_and_why(elsewhere, broken, tmp_path: Path):
    rows = json.loads(elsewhere.ganzoo("plugins", "--json", cwd=tmp_path, PYTHONPATH=broken).stdout)
    (row,) = [row for row in rows if row["distribution"] == "gan-broken"]
    assert (row["status"], row["version"], row["offers"]) == ("failed", "0.3", [])
    assert row["error"] == "RuntimeError: built for ganzoo 0.0"
