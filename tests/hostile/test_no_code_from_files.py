"""Nothing in the sources runs code out of a file, and plugins come from installed distributions only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_bytes import payloads

from ganzoo.errors import GanzooError

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("ganzoo", "plugins", "examples") for path in sorted((ROOT / folder).rglob("*.py"))]
FORBIDDEN = {
    "eval",
    "exec",
    "compile",
    "pickle.load",
    "pickle.loads",
    "pickle.Unpickler",
    "marshal.loads",
    "shelve.open",
    "joblib.load",
    "dill.load",
    "os.system",
    "os.popen",
    "yaml.load",
    "yaml.unsafe_load",
    "yaml.full_load",
    "runpy.run_path",
    "torch.hub.load",
    "torch.jit.load",
}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_no_source_calls_what_runs_code_out_of_data():
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno} {name}"
        for path in SOURCES
        for name, call in calls(path)
        if name in FORBIDDEN
    ]
    assert len(SOURCES) > 200
    assert found == []


def test_torch_load_takes_weights_only():
    loads = [(path, call) for path in SOURCES for name, call in calls(path) if name == "torch.load"]
    assert loads
    for path, call in loads:
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert given.get("weights_only") == "True", f"{path}:{call.lineno}"


def test_numpy_never_allows_pickles():
    for path in SOURCES:
        for name, call in calls(path):
            if name.endswith((".load", ".fromfile", ".savez")):
                given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
                assert given.get("allow_pickle", "False") == "False", f"{path}:{call.lineno}"


@pytest.mark.parametrize("kind", ["pickle", "torch zip", "torch legacy"])
def test_backbone_weights_that_are_a_pickle_run_nothing(kind, tmp_path):
    from ganzoo.registry.catalogue import catalogue
    from ganzoo.registry.manager import Kind

    canary, weights = tmp_path / "canary", tmp_path / "weights.pth"
    weights.write_bytes(payloads(canary)[kind])
    spec = catalogue().find(Kind.FEATURES, "inception-v3")
    with pytest.raises(GanzooError, match="not torch-fidelity's Inception weights"):
        spec.build(spec.config(weights=str(weights)))
    assert not canary.exists()


@pytest.mark.parametrize("kind", ["pickle", "torch zip", "torch legacy"])
def test_a_cache_that_holds_pickles_is_made_anew(kind, tmp_path):
    import torch

    from ganzoo.evaluation.statistics import StatisticsCache

    canary = tmp_path / "canary"
    said: list[str] = []
    cache = StatisticsCache(tmp_path, said.append)
    cache.write("key", {"mean": torch.zeros(3)})
    cache.path("key").write_bytes(payloads(canary)[kind])
    assert cache.read("key") is None
    assert len(said) == 1
    assert not canary.exists()


@pytest.fixture
def strangers_folder(tmp_path: Path) -> Path:
    """A folder with what looks like an installed plugin, and with modules that stand before Python's own."""
    fired = f"open({str(tmp_path / 'fired')!r}, 'a').write(__name__ + ' ')\n"
    folder = tmp_path / "download"
    (folder / "evil-1.0.dist-info").mkdir(parents=True)
    (folder / "evil-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (folder / "evil-1.0.dist-info" / "entry_points.txt").write_text("[ganzoo]\nevil = ganzoo_evil\n")
    for name in ("ganzoo_evil", "ganzoo_dcgan", "yaml", "pluggy", "typer", "numpy"):
        (folder / f"{name}.py").write_text(fired)
    return folder


def ganzoo_script() -> list[str]:
    code = "import sys; del sys.path[0]; from ganzoo.cli.app import main; main()"  # as the installed script begins
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("command", [[sys.executable, "-m", "ganzoo"], ganzoo_script()], ids=["python -m", "script"])
def test_nothing_is_loaded_from_the_current_directory(command, strangers_folder, tmp_path):
    done = subprocess.run([*command, "plugins"], cwd=strangers_folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "dcgan  pyganzoo" in done.stdout
    assert "evil" not in done.stdout
    assert not (tmp_path / "fired").exists()


def test_a_notebook_loads_no_plugin_from_where_it_was_started(strangers_folder, tmp_path):
    for name in ("ganzoo_dcgan", "yaml", "pluggy", "typer", "numpy"):  # these Python itself would import
        (strangers_folder / f"{name}.py").unlink()
    code = (
        "import sys; assert sys.path[0] == ''\n"
        "from ganzoo.registry.catalogue import catalogue; print(len(catalogue().plugins))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=strangers_folder, capture_output=True, text=True)
    assert int(done.stdout) >= 6
    assert not (tmp_path / "fired").exists()


def test_an_installed_plugin_is_loaded_from_any_other_place_on_the_path(strangers_folder, tmp_path, monkeypatch):
    """The test above would fail otherwise: the same folder, where the user has put it on Python's path."""
    (strangers_folder / "yaml.py").unlink()
    monkeypatch.setenv("PYTHONPATH", str(strangers_folder))
    for name in ("ganzoo_dcgan", "pluggy", "typer", "numpy"):
        (strangers_folder / f"{name}.py").unlink()
    done = subprocess.run([*ganzoo_script(), "plugins"], cwd=tmp_path, capture_output=True, text=True)
    assert "evil" in done.stdout
    assert (tmp_path / "fired").exists()
