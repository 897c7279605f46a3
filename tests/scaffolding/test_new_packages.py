"""`ganzoo new` writes packages that work as they are: installed, tested, and used in one run."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

import ganzoo
from ganzoo.contracts.version import VERSION
from ganzoo.errors import UsageError
from ganzoo.registry.versions import declared
from ganzoo.scaffolding.kinds import Template
from ganzoo.scaffolding.names import PartName
from ganzoo.scaffolding.package import render

KINDS = [template.value for template in Template]


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> dict[str, Path]:
    """A new package of each kind."""
    home = tmp_path_factory.mktemp("new")
    return {kind: ganzoo.new(kind, f"own-{kind}", folder=home / kind) for kind in KINDS}


@pytest.fixture(scope="module")
def python(packages, tmp_path_factory) -> Path:
    """A new environment that borrows this one's packages, with all six installed in it."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    names = {"base": str(environment), "platbase": str(environment)}
    there = environment / sysconfig.get_path("purelib", "venv", names)
    # `addsitedir`, not the bare path: an editable installation is itself a .pth file in there.
    (there / "lent.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    found = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(found), "install", "--quiet", "--no-index"),
            *("--no-deps", "--no-build-isolation", *map(str, packages.values())),
        ],
        check=True,
    )
    return found


def there(python: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [python, *words], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_tests_of_all_six_pass_where_they_are_installed(python, packages, tmp_path):
    tests = [str(package / "tests") for package in packages.values()]
    words = ("-m", "pytest", "-v", "-p", "no:cacheprovider", "-c", os.devnull, *tests)
    done = there(python, tmp_path, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in KINDS:
        passed = re.findall(rf"test_own_{kind}\.py::(\w+)\S* PASSED", done.stdout)
        keeping = [name for name in passed if "contract" in name]
        assert keeping, f"{kind}: no test of the contract"
        assert set(passed) - set(keeping), f"{kind}: no test of what the part itself does"


def test_one_run_uses_all_six_at_once(python, tmp_path):
    words = (
        "-m ganzoo run own-architecture --preset try --steps 4 --data own-dataset --set data.source.images=64 "
        "--balance own-strategy:threshold=0.1 --loss own-loss --metric own-metric --observer own-observer "
        "--set logging.tick_steps=1 --set training.batch_size=8 --set evaluation.images=32 --quiet --out run"
    )
    done = there(python, tmp_path, *words.split())
    assert done.returncode == 0, done.stderr
    config = tomllib.loads((tmp_path / "run" / "config.toml").read_text())
    assert config["generator"]["kind"] == config["recipe"] == "own-architecture"
    assert config["loss"]["kind"] == "own-loss"
    events = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert any("own-strategy: D accuracy" in event["message"] for event in events if event["kind"] == "decision")
    scores = [event["data"]["scores"] for event in events if event["kind"] == "evaluation"][-1]
    assert list(scores) == ["own-metric"]
    lines = (tmp_path / "run" / "numbers.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["step", "1", "2", "3", "4"]


def test_the_lists_show_the_new_parts_with_their_settings(python, tmp_path):
    shown = there(python, tmp_path, "-m", "ganzoo", "show", "balance", "own-strategy", "--json")
    facts = json.loads(shown.stdout)
    assert facts["distribution"] == "ganzoo-own-strategy"
    assert [setting["name"] for setting in facts["settings"]] == ["threshold", "smoothing"]
    rows = json.loads(there(python, tmp_path, "-m", "ganzoo", "plugins", "--json").stdout)
    own = [row for row in rows if row["distribution"].startswith("ganzoo-own-")]
    assert len(own) == len(Template)
    assert {(row["status"], row["contracts"]) for row in own} == {("loaded", VERSION)}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_template_is_left_and_all_of_it_is_there(packages, kind):
    package = packages[kind]
    files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    module = f"ganzoo_own_{kind}"
    expected = {"pyproject.toml", "README.md", f"{module}/__init__.py", f"{module}/settings.py"}
    assert expected | {f"tests/test_own_{kind}.py"} <= files
    for file in files:
        assert not re.search(rf"my.{kind}", (package / file).read_text(), re.IGNORECASE), file
    table = tomllib.loads((package / "pyproject.toml").read_text())
    assert table["project"]["name"] == f"ganzoo-own-{kind}"
    assert table["project"]["entry-points"]["ganzoo"] == {f"own-{kind}": module}


@pytest.mark.parametrize("template", Template)
def test_a_template_is_built_for_the_contracts_of_today(template):
    name = PartName(f"my-{template}")
    source = render(template, name)[f"{name.module}/__init__.py"]
    assert declared(source) == VERSION


@pytest.mark.parametrize("template", Template)
def test_a_template_says_of_everything_in_it_what_it_is(template):
    for path, text in render(template, PartName("new-part")).items():
        if path.endswith(".py") and not path.startswith("tests/"):
            tree = ast.parse(text)
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef | ast.Module):
                    assert ast.get_docstring(node), f"{template}: {path}: {getattr(node, 'name', 'the module')}"


def test_it_is_written_where_one_stands_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ganzoo.new("loss", "kind-loss") == Path("ganzoo-kind-loss")
    assert (tmp_path / "ganzoo-kind-loss" / "pyproject.toml").is_file()


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("years of work")
    (tmp_path / "file").write_text("a file")
    for place in ("full", "file"):
        with pytest.raises(UsageError, match="exists already, and nothing is overwritten"):
            ganzoo.new("strategy", "gap-gate", folder=tmp_path / place)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_written_into(tmp_path):
    assert ganzoo.new("metric", "gap-score", folder=tmp_path) == tmp_path
    assert (tmp_path / "README.md").is_file()


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("strategy", "d-skip", "the balancing strategy `d-skip` exists already, in pyganzoo"),
        ("strategy", "steady", "the composition `steady` exists already"),
        ("architecture", "sngan", "the architecture `sngan` exists already"),
        ("loss", "losses", "the module `ganzoo_losses` exists already"),
        ("loss", "loss", "the class `Loss` is one of ganzoo's own"),
        ("dataset", "dataset", "the class `Dataset` is one of ganzoo's own"),
        ("generator", "gen", "`ganzoo new` has no template for"),
    ],
)
def test_what_cannot_be_begun_is_said_and_nothing_is_written(kind, name, message, tmp_path):
    with pytest.raises(UsageError) as caught:
        ganzoo.new(kind, name, folder=tmp_path / "new")
    assert message in str(caught.value)
    assert caught.value.hint
    assert not (tmp_path / "new").exists()


def test_the_verb_lists_the_files_and_how_to_install_them(cli, tmp_path):
    ended = cli("new", "balance", "gap-gate")
    assert ended.code == 0
    assert "ganzoo-gap-gate/pyproject.toml" in ended.out.splitlines()
    assert 'pip install -e "./ganzoo-gap-gate[test]"' in ended.err
    again = cli("new", "strategy", "gap-gate")
    assert again.code == 2
    assert again.err.startswith("error: ganzoo-gap-gate exists already")
