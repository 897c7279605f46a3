"""What is printed is harmless to a terminal and right for a program, whatever it holds; system errors are ours too."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from ganzoo.cli.common import print_json

NASTY = "\x1b]0;x\x07\x9b2J\u202e\U000e0041 [red]"


def test_json_is_ascii_and_has_no_nan(capsys):
    value = {NASTY: [float("nan"), float("inf"), 1.5, NASTY, "\udcff"], "path": Path("a")}
    print_json(value)
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x1b" not in out
    assert json.loads(out) == {NASTY: [None, None, 1.5, NASTY, "\udcff"], "path": "a"}


def test_a_configuration_is_printed_without_control_characters_and_reads_back(cli, tmp_path: Path):
    ended = cli(
        "config", "resolve", "dcgan", "--set", "data.source.kind=files", "--set", f"data.source.path={NASTY}ü 図"
    )
    assert ended.code == 0
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\U000e0041"} & set(ended.out)
    assert "ü 図" in ended.out
    (tmp_path / "run.toml").write_text(ended.out, encoding="utf-8")
    again = cli("config", "resolve", "--config", "run.toml")
    assert again.out == ended.out
    import tomllib

    assert tomllib.loads(again.out)["data"]["source"]["path"] == f"{NASTY}ü 図"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            OSError(28, "No space left on device", "runs/x/metrics.jsonl"),
            "runs/x/metrics.jsonl: No space left on device",
        ),
        (OSError(28, "No space left on device", "\x1b[2J"), "\ufffd[2J: No space left on device"),
        (OSError("odd"), "odd"),
        (IsADirectoryError(21, "Is a directory", b"x"), "x: Is a directory"),
    ],
)
def test_what_the_system_refuses_is_an_error_and_no_traceback(cli, monkeypatch, error, words):
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("ganzoo.api.start", fail)
    ended = cli("run", "dcgan")
    assert (ended.code, ended.err) == (1, f"error: {words}\n")


def test_a_terminal_without_unicode_gets_what_it_can_show(run_cli, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (tmp_path / "図").mkdir()
    (tmp_path / "図" / "ü.png").touch()
    ended = run_cli("data", "check", "図")
    assert ended.code == 1
    assert "\\xfc.png" in ended.out


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("training.steps=" + "9" * 4000, "more than 64 bits"),
        ("training.seed=[[" + "9" * 30 + "]]", "more than 64 bits"),
        ("a" + ".a" * 40 + "=1", "nested too deep"),
        ("training.seed=" + "[" * 40 + "]" * 40, "nested too deep"),
        ("training.epochs=1e308", "less than or equal to"),
    ],
)
def test_a_setting_of_absurd_size_is_refused_in_one_line(cli, setting, words):
    ended = cli("config", "resolve", "dcgan", "--set", setting)
    assert ended.code == 2
    assert words in ended.err
    assert len(ended.err) < 400


@pytest.mark.parametrize("verb", ["sample", "interpolate", "project", "directions", "export", "compare"])
def test_where_something_was_written_is_printed_without_control_characters(cli, monkeypatch, verb):
    """The place may come from a script that took it from a stranger's file."""
    found = SimpleNamespace(path=NASTY, distance=1.0, difference=0.0, effects=SimpleNamespace(tolist=list))
    monkeypatch.setattr(f"ganzoo.api.{verb}", lambda *_, **__: NASTY if verb == "interpolate" else found)
    monkeypatch.setattr("ganzoo.api.write_samples", lambda *_, **__: [NASTY])
    monkeypatch.setattr("ganzoo.cli.views.comparison.print_comparison", lambda *_: None)
    words = {"project": ("image", "--out", NASTY), "directions": ("--out", NASTY), "compare": ("run", "--html", NASTY)}
    ended = cli(verb, "run", *words.get(verb, ()))
    assert ended.code == 0, ended.err
    assert "]0;x" in ended.out
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\U000e0041"} & set(ended.out)
