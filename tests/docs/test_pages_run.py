"""Every command and every line of Python in the pages is run, on a run and images small enough for a test.

`ganzoo run` itself is resolved, not trained: test_commands_in_pages.py. Plugins of the tutorials have a test each.
"""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import webbrowser
import zipfile
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from commands import commands_of
from PIL import Image
from quick_endings import quick_endings
from typer.testing import CliRunner

import ganzoo
from ganzoo.cli.app import app

TINY = {
    "training.batch_size": 4,
    "training.ema_beta": 0.5,
    "evaluation.images": 16,
    "evaluation.memorising": False,
    "evaluation.metrics": {"kd": {}, "ssim": {"pairs": 4}},
    "samples.count": 4,
    "data.image_size": 16,
    "generator.width": 2,
    "discriminator.width": 2,
}
SMALLER = (  # the same command with less to do: what it takes is not what it takes long for
    (r"--steps 4000", "--steps 5"),
    (r"--steps 600", "--steps 2"),
    (r"--epochs \d+", "--epochs 2"),
    (r"-n (64|1000)\b", "-n 8"),
    (r"--frames \d+", "--frames 2"),
    (r"step-00001500", "step-00000003"),
    (r"/mnt/photos", "photos"),
)
ELSEWHERE = ("docs/tutorials/first-strategy.md", "docs/tutorials/first-architecture.md")
"""Pages whose commands are run by tests of their own."""
SERVES_UNTIL_STOPPED = {"play"}
TRAINS_MANY = {"sweep"}
"""Verbs with tests of their own that take longer than a page may."""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """Photos, animals with labels, and a finished run of each; that of photos has its pictures and its page."""
    home = tmp_path_factory.mktemp("pages")
    for index in range(16):
        pixels = np.random.default_rng(index).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        for folder in ("photos", f"animals/{('cats', 'dogs')[index % 2]}"):
            (home / folder).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(home / folder / f"{index:02d}.png")
    shutil.copy(home / "photos" / "00.png", home / "face.png")
    for name in ("photos.zip", "made.zip"):
        with zipfile.ZipFile(home / name, "w") as archive:
            for path in sorted((home / "photos").iterdir()):
                archive.write(path, path.name)
    ganzoo.run(
        "dcgan",
        data=home / "photos",
        balance=["d-skip", "lecam"],
        steps=3,
        settings=TINY,
        out=home / "runs" / "demo",
    )
    labelled = {**TINY, "data.labels": True}
    with quick_endings():
        ganzoo.run("dcgan", data=home / "animals", steps=3, settings=labelled, out=home / "runs" / "animals")
    return home


@pytest.fixture
def here(place, tmp_path, monkeypatch) -> Path:
    """A copy of that place to stand in, where nothing opens a browser."""
    shutil.copytree(place, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(webbrowser, "open", lambda *_: True)
    return tmp_path / "here"


def smaller(words: list[str]) -> list[str]:
    text = shlex.join(words)
    for pattern, less in SMALLER:
        text = re.sub(pattern, less, text)
    return shlex.split(text)


def make_runs_that_are_spoken_of(words: list[str], here: Path) -> None:
    made = {word for option, word in itertools.pairwise(words) if option in ("--out", "--fork")}
    for word in set(words) - made:
        match = re.match(r"runs/[\w.-]+", word)
        if match and not (here / match[0]).exists():
            shutil.copytree(here / "runs" / "demo", here / match[0])


def pages_with(blocks, language: str) -> list[str]:
    return sorted({block.page for block in blocks if block.language == language} - set(ELSEWHERE))


@pytest.mark.usefixtures("no_report")
def test_every_command_in_the_pages_runs(blocks, here):
    ran = 0
    for page, words in commands_of(blocks):
        if page in ELSEWHERE or words[0] in {"run", "new", *SERVES_UNTIL_STOPPED, *TRAINS_MANY}:
            continue
        words = smaller(words)  # noqa: PLW2901 - the same command, smaller
        for created in ("compared.html", "faces-onnx"):
            if created in words and (here / created).is_dir():
                shutil.rmtree(here / created)
        make_runs_that_are_spoken_of(words, here)
        result = CliRunner().invoke(app, words)
        said = f"{page}: ganzoo {shlex.join(words)}\n{result.output}{result.exception!r}"
        assert result.exit_code == 0, said
        ran += 1
    assert ran > 50


def test_every_line_of_python_in_the_pages_runs(blocks, here, monkeypatch):
    run, resume, evaluate = ganzoo.run, ganzoo.resume, ganzoo.evaluate

    def small_run(*arguments, settings=None, epochs=None, steps=3, preset=None, data="photos", **rest):
        chosen = {**TINY, **(settings or {})}
        return run(*arguments, settings=chosen, steps=3, data=data, **rest)

    def small_sweep(recipe, *, vary, **rest):
        return sweep("mlp", data="ring8", steps=2, vary={"generator.latent_dim": [4]}, out="swept")

    sweep = ganzoo.sweep
    monkeypatch.setattr(ganzoo, "sweep", small_sweep, raising=False)
    monkeypatch.setattr(ganzoo, "run", small_run, raising=False)
    monkeypatch.setattr(ganzoo, "resume", lambda path, **_: resume(path, steps=5), raising=False)
    monkeypatch.setattr(ganzoo, "evaluate", lambda *a, **k: evaluate(*a, **{**k, "images": None}), raising=False)
    ran = 0
    for page in pages_with(blocks, "python"):
        if page == "docs/how-to/export.md":
            exported = ganzoo.export("runs/demo", "torch-export", out="exported")
            shutil.copy(exported.file, "generator.pt2")
        names: dict[str, object] = {"ganzoo": ganzoo}
        code = [block.text for block in blocks if block.page == page and block.language == "python"]
        with nullcontext() if any(".report[" in text for text in code) else quick_endings():
            for text in code:
                exec(compile(text, page, "exec"), names)
                ran += 1
    assert ran > 5
