"""The tutorial's plugin, as a reader would make it: extracted from the page, installed, run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig

import pytest

PAGE = "docs/tutorials/first-strategy.md"
GANZOO = ("-c", "from ganzoo.cli.app import main; main()")


@pytest.fixture(scope="module")
def installed(blocks, tmp_path_factory):
    """A new environment that sees this one's packages, with the tutorial's package installed in it."""
    home = tmp_path_factory.mktemp("tutorial")
    package = home / "gap-gate"
    package.mkdir()
    for block in blocks:
        if block.page == PAGE and block.title:
            (package / block.title).write_text(block.text, encoding="utf-8")

    environment = home / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    names = {"base": str(environment), "platbase": str(environment)}
    here, there = sysconfig.get_path("purelib"), sysconfig.get_path("purelib", "venv", names)
    # `addsitedir`, not the bare path: an editable installation is itself a .pth file in there.
    (environment / there / "outer.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index"),
            *("--no-deps", "--no-build-isolation", str(package)),
        ],
        check=True,
    )
    return python, package


def ganzoo(python, home, *words):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "GANZOO_CACHE": str(home / "cache")}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [python, *GANZOO, *words], cwd=home, env=environment, capture_output=True, text=True, check=False
    )


def test_the_tutorials_strategy_is_shown_with_its_setting(installed, tmp_path):
    shown = ganzoo(installed[0], tmp_path, "show", "balance", "gap-gate", "--json")
    assert shown.returncode == 0, shown.stderr
    facts = json.loads(shown.stdout)
    assert facts["distribution"] == "ganzoo-gap-gate"
    assert [setting["name"] for setting in facts["settings"]] == ["limit"]
    assert "mean logit" in facts["settings"][0]["meaning"]


def test_the_tutorials_run_skips_updates_for_the_strategys_reason(installed, tmp_path):
    words = "run dcgan --preset tiny --steps 3 --balance gap-gate:limit=0.001 --out run"
    done = ganzoo(installed[0], tmp_path, *words.split(), "--set", "evaluation.at_end=false")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    [decision] = [event for event in events if event["kind"] == "decision"]
    assert decision["data"]["role"] == "discriminator"
    assert "gap-gate: logit gap" in decision["message"]


def test_the_tutorials_own_test_passes(installed):
    python, package = installed
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_gap_gate.py"],
        cwd=package,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_strategy_is_twenty_lines_as_the_page_says(blocks):
    [module] = [block.text for block in blocks if block.page == PAGE and block.title == "ganzoo_gap_gate.py"]
    strategy = module[module.index("class GapGateConfig") : module.index("@hookimpl")]
    assert len([line for line in strategy.splitlines() if line.strip()]) <= 20


def test_the_plugin_imports_no_torch(installed):
    python, package = installed
    code = "import sys, ganzoo_gap_gate; assert 'torch' not in sys.modules"
    done = subprocess.run([python, "-c", code], cwd=package.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
