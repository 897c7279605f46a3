"""What cannot work ends with 2 and one message: the thing, where it was written, the way out. Never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

ASKED = {
    "an architecture's name": (
        ("run", "dcgn"),
        "no architecture is called `dcgn`. Did you mean `dcgan` or `acgan`?",
        "ganzoo list architecture",
    ),
    "a strategy's name": (
        ("run", "dcgan", "--balance", "dskip"),
        "no balancing strategy is called `dskip` (from --balance). Did you mean `d-skip`?",
        "ganzoo list balance",
    ),
    "a setting's name": (
        ("run", "dcgan", "--balance", "d-skip", "--set", "balance.d-skip.treshold=1"),
        "balance.d-skip.treshold (from --set): no such setting. Did you mean `threshold`?",
        "settings: threshold, measure,",
    ),
    "a setting's name behind a strategy": (
        ("run", "dcgan", "--balance", "d-skip:treshold=1"),
        "balance.d-skip.treshold (from --balance): no such setting. Did you mean `threshold`?",
        "settings: threshold, measure,",
    ),
    "a setting without its section": (
        ("run", "dcgan", "--set", "batch_size=3"),
        "batch_size (from --set): no such setting. Did you mean `training.batch_size`?",
        "",
    ),
    "a strategy's setting behind an equals sign": (
        ("run", "dcgan", "--balance", "d-skip=1"),
        "no balancing strategy is called `d-skip=1` (from --balance). Did you mean `d-skip`?",
        "settings follow a colon: `d-skip:SETTING=VALUE`",
    ),
    "no epochs": (
        ("run", "dcgan", "--epochs", "0"),
        "training.epochs (from --epochs): should be greater than 0 (it is 0)",
        "",
    ),
    "a size the architecture cannot make": (
        ("run", "dcgan", "--image-size", "60"),
        "dcgan cannot work at 60 px",
        "--image-size 64",
    ),
    "a folder that is not there": (
        ("run", "dcgan", "--data", "/nowhere"),
        "--data /nowhere: no such folder or zip, and no data set of that name.",
        "data sets: avatars, dirac, files, grid25, ring8, torchvision",
    ),
    "an output below a file": (
        ("run", "dcgan", "--preset", "try", "--out", "file.txt/run"),
        "cannot write the run to file.txt/run",
        "--out",
    ),
    "an unknown device": (
        ("run", "dcgan", "--device", "gpu"),
        "training.device (from --device): should be 'auto', 'cpu', 'cuda' or 'mps' (it is 'gpu')",
        "",
    ),
    "no architecture": (("run",), "which architecture?", "ganzoo run dcgan"),
    "a preset's name": (
        ("run", "dcgan", "--preset", "papr"),
        "no preset `papr` (from --preset). Did you mean `paper`?",
        "presets: try",
    ),
    "a --set without a value": (
        ("run", "dcgan", "--set", "training.seed"),
        "--set training.seed: expected `path=value`",
        "for example",
    ),
    "a strategy's setting without a name": (
        ("run", "dcgan", "--balance", "d-skip:0.8"),
        "--balance d-skip:0.8: expected `name:setting=value,...`, found `0.8`",
        "for example",
    ),
    "two lengths": (
        ("run", "dcgan", "--epochs", "1", "--steps", "2"),
        "training.epochs (from --epochs) and training.steps (from --steps): one replaces the other",
        "give one of them",
    ),
    "a configuration that is not there": (
        ("run", "--config", "none.toml"),
        "cannot read the configuration none.toml: no such file",
        "",
    ),
    "a run that is not there": (("resume", "/nowhere"), "/nowhere is not a run: no such directory", "runs/"),
    "a run without its configuration": (("resume", "."), ". is not a run: it has no config.toml", ""),
    "a number that is none": (
        ("run", "dcgan", "--set", "training.batch_size=x"),
        "training.batch_size (from --set): should be a whole number (it is 'x')",
        "",
    ),
    "a condition's setting": (
        ("run", "dcgan", "--stop-when", "kd:patince=5"),
        "(from --stop-when): `kd:patince=5`: no such setting `patince`. Did you mean `patience`? Settings: patience,",
        "",
    ),
    "a log that is none": (("doctor", "file.txt"), "file.txt holds no numbers of a run", "metrics.jsonl"),
    "a run to evaluate that is not there": (
        ("evaluate", "/nowhere"),
        "no run, folder or zip is called `/nowhere`",
        "",
    ),
    "a run to sample that is not there": (("sample", "/nowhere"), "/nowhere is not a run", "runs/"),
    "a part's name": (("show", "dskip"), "nothing is called `dskip`. Did you mean `d-skip`?", "ganzoo list"),
    "a part that is not there": (("show", "nothing"), "nothing is called `nothing`.", "ganzoo list"),
    "a part of a kind": (("show", "loss", "hing"), "no loss is called `hing`. Did you mean `hinge`?", "known:"),
    "three words to show": (("show", "a", "b", "c"), "show one part at a time", "ganzoo show balance d-skip"),
    "a kind to show": (("show", "loss"), "`loss` is a kind of part, not the name of one", "ganzoo list loss"),
    "a kind": (("list", "metrcs"), "no kind of part is called `metrcs`. Did you mean `metric`", "kinds:"),
    "a kind that is not there": (("list", "nothing"), "no kind of part is called `nothing`.", "kinds: architecture"),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_the_users_mistake_ends_with_2_and_one_message(cli, tmp_path: Path, what):
    (tmp_path / "file.txt").touch()
    arguments, message, hint = ASKED[what]
    ended = cli(*arguments)
    assert ended.code == 2
    assert ended.err.startswith("error: ")
    assert ended.err.count("error:") == 1
    assert message in ended.err
    assert hint in ended.err
    assert "Traceback" not in ended.err + ended.out
    assert ended.out == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.txt"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "dcgan", "--balence", "d-skip"), "--balance"),
        (("rnu", "dcgan"), "run"),
        (("run", "dcgan", "--epochs", "many"), "--epochs"),
        (("sample", "run", "-n", "0"), "-n"),
    ],
)
def test_a_typo_in_an_option_or_a_verb_offers_the_right_one(cli, arguments, hint):
    ended = cli(*arguments)
    assert ended.code == 2
    assert hint in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err + ended.out


@pytest.mark.parametrize("metric", ["fid", "kid", "inception-score"])
def test_fid_without_weights_or_network_ends_with_2_before_training(cli, monkeypatch, tmp_path: Path, metric):
    import urllib.error
    import urllib.request

    import torch

    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    def train(*_: object) -> None:
        raise AssertionError("a step was trained")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "no weights here"))
    monkeypatch.setattr("ganzoo.training.step.AdversarialStep.__call__", train)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    ended = cli("run", "mlp", "--data", "avatars", "--metric", metric, "--steps", "1", "--out", "here")
    assert ended.code == 2, ended.err
    assert "Inception's weights" in ended.err
    assert "no network" in ended.err
    assert "connect once, so that the weights can be downloaded" in ended.err
    assert "--set evaluation.features.inception-v3.weights=PATH" in ended.err
    assert "Traceback" not in ended.err
    assert list((tmp_path / "elsewhere").iterdir()) == [], "no run directory"


def test_a_device_that_is_not_there_is_an_error_with_a_way_out(cli):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    ended = cli("run", "dcgan", "--device", "cuda")
    assert ended.code == 2
    assert "no cuda device" in ended.err
    assert "--device auto" in ended.err


def test_a_run_that_is_there_is_not_written_over(cli, tmp_path: Path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "notes.txt").write_text("mine")
    ended = cli("run", "dcgan", "--preset", "try", "--out", "kept")
    assert (ended.code, "kept is not empty" in ended.err) == (2, True)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["notes.txt"]


def test_a_folder_without_images_is_an_error_that_says_so(cli, tmp_path: Path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "notes.png").write_text("no picture")
    ended = cli("run", "dcgan", "--data", "photos")
    assert ended.code == 2
    assert "no readable image" in ended.err
    assert "Traceback" not in ended.err


def test_a_message_does_not_pass_on_control_characters(cli):
    ended = cli("run", "dc\x1b[31mgan\x07")
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "\x07" not in ended.err


def test_an_error_of_ours_ends_with_1(cli, monkeypatch):
    from ganzoo.errors import TrainingError

    def fail(*_: object) -> None:
        raise TrainingError("the loss is no number", hint="go on with a lower rate")

    monkeypatch.setattr("ganzoo.api.start", fail)
    ended = cli("run", "dcgan")
    assert (ended.code, ended.err) == (1, "error: the loss is no number\n       go on with a lower rate\n")


def test_an_interrupted_run_ends_with_130(cli, monkeypatch):
    from ganzoo.errors import Interrupted

    def stop(*_: object) -> None:
        raise Interrupted("stopped after step 7", hint="ganzoo resume runs/x")

    monkeypatch.setattr("ganzoo.api.start", stop)
    ended = cli("run", "dcgan")
    assert (ended.code, ended.err) == (130, "stopped: stopped after step 7\n         ganzoo resume runs/x\n")


def test_a_real_process_says_the_same(run_cli):
    ended = run_cli("run", "dcgan", "--balance", "dskip")
    assert ended.code == 2
    assert ended.err.startswith("error: no balancing strategy is called `dskip` (from --balance).")
    assert ended.out == ""
