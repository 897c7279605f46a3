from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

CONFIG = 'recipe = "dcgan"\n[balance.none]\n'


@pytest.fixture
def empty_run(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.toml").write_text(CONFIG)
    return tmp_path / "run"


def test_the_report_of_a_run_is_written_into_it_and_named(cli, empty_run):
    ended = cli("report", str(empty_run))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.strip() == str(empty_run / "report.html")
    assert (empty_run / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_it_can_be_written_elsewhere_and_opened(cli, empty_run, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)
    ended = cli("report", str(empty_run), "--out", "there.html", "--open")
    assert ended.code == 0
    assert opened == [(tmp_path / "there.html").as_uri()]
    assert not (empty_run / "report.html").exists()


def test_without_a_browser_the_file_is_there_all_the_same(cli, empty_run, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    ended = cli("report", str(empty_run), "--open")
    assert ended.code == 0
    assert "no browser" in ended.err


def test_a_place_that_cannot_be_written_is_named(cli, empty_run):
    ended = cli("report", str(empty_run), "--out", "no/such/folder/there.html")
    assert ended.code == 2
    assert "no/such/folder/there.html" in ended.err


def test_what_is_no_run_has_no_report(cli, tmp_path):
    ended = cli("report", str(tmp_path))
    assert ended.code == 2
    assert "no config.toml" in ended.err


def test_writing_a_report_imports_no_torch(run_cli, empty_run, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    say = f"open({str(tmp_path / 'said')!r}, 'w').write(str('torch' in sys.modules))"
    (tmp_path / "sitecustomize.py").write_text(f"import atexit, sys\natexit.register(lambda: {say})\n")
    assert run_cli("report", str(empty_run)).code == 0
    assert (tmp_path / "said").read_text() == "False"
