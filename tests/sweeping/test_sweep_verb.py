"""`ganzoo sweep` from the command line to the page, with real runs."""

from __future__ import annotations

import json
import re

import pytest

import ganzoo
from ganzoo.registry.catalogue import catalogue
from ganzoo.runs.directory import RunDirectory
from ganzoo.sweeping.coordinates import coordinates
from ganzoo.sweeping.definition import AxisRecord, read_definition
from ganzoo.sweeping.page import write_page
from ganzoo.sweeping.plan import Key, State
from ganzoo.sweeping.ranking import Ranked, Repeat, Row
from ganzoo.sweeping.space import Space

TOY = ("sweep", "mlp", "--data", "ring8", "--steps", "2", "--set", "samples.count=4")


def test_a_sweep_ends_in_a_table_a_page_and_the_best_configuration(cli, tmp_path):
    ended = cli(*TOY, "--vary", "generator.width=4,8", "--minimise", "distance", "--out", "s", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert [row["place"] for row in found["settings"]] == [1, 2]
    best = found["settings"][0]["setting"]["generator.width"]
    resolved = cli("config", "resolve", "--config", found["best"])
    assert f"width = {best}" in resolved.out
    page = (tmp_path / "s" / "sweep.html").read_text()
    assert "Settings, best first" in page and "data:image/webp" in page and "http://" not in page
    run = RunDirectory(tmp_path / "s" / "runs" / "0000-0")
    assert run.evaluations()[-1]["data"]["scores"]["distance"] in [row["mean"] for row in found["settings"]]
    assert not list((tmp_path / "s" / "runs").glob("*/.config*"))
    with pytest.raises(ganzoo.UsageError, match="holds another sweep"):
        ganzoo.sweep("mlp", data="ring8", steps=2, vary={"generator.width": [4, 9]}, out=tmp_path / "s")


def test_a_score_that_cannot_be_computed_is_said_before_anything_starts(cli, tmp_path, monkeypatch):
    ended = cli(*TOY, "--vary", "generator.width=4,8", "--minimise", "kd")
    assert ended.code == 2
    assert "kd" in ended.err
    assert not (tmp_path / "sweeps").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sweep", "mlp"), "what shall vary"),
        (("sweep", "mlp", "--vary", "generator.widht=4,8"), "Did you mean `width`"),
        (("sweep", "--resume", "nowhere"), "it has no sweep.toml"),
        (("sweep", "--storage", "no address", "--name", "a"), "not a database's address"),
        (("sweep", "mlp", "--resume", "s"), "RECIPE does not go with --resume"),
        (("sweep", "--resume", "s", "--jobs", "1", "--trials", "3"), "--trials does not go with --resume"),
        (("sweep", "--resume", "s", "--seeds", "1"), "--seeds does not go with --resume"),
        (("sweep", "--resume", "s", "--set", "data.fit=pad"), "--set does not go with --resume"),
        (
            ("sweep", "--storage", "x", "--name", "a", "--heartbeat", "9", "--balance", "r1"),
            "--balance does not go with a sweep that the database has",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_is_said_and_ends_with_two(cli, arguments, said):
    ended = cli(*arguments)
    assert (ended.code, said in ended.err) == (2, True), ended.err


def page_of(ranked, definition, folder, importance):
    space = Space(definition.request(folder), definition.varies, catalogue())
    write_page(ranked, definition, space, importance, folder, folder / "page.html")
    return (folder / "page.html").read_text()


@pytest.mark.parametrize(
    ("trials", "said"), [(None, "3, every one of a grid"), (2, "2, drawn at random from a grid of 3")]
)
def test_a_grid_in_which_not_every_axis_stands_everywhere_is_counted_as_it_is(toy, tmp_path, trials, said):
    definition = toy("balance=none,d-skip", "balance.d-skip.threshold=0.6,0.7", trials=trials)
    assert said in page_of(Ranked([], "distance", True, [], [], 0), definition, tmp_path, {})


def test_whatever_names_hold_is_shown_as_text(toy, tmp_path):
    evil = "</script><script>alert(1)</script>"
    axes = (AxisRecord(name=evil, values=(evil,), stored=(evil,)),)
    definition = toy("generator.width=4,8").model_copy(update={"axes": axes, "recipe": evil})
    rows = [Row(n, {evil: evil}, [Repeat(Key(n, 0), State.DONE, n, evil)], n, None, 1, evil) for n in range(2)]
    page = page_of(Ranked([evil], evil, True, rows, [evil], 0), definition, tmp_path, {evil: 1.0})
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_lines_run_from_the_bottom_to_the_top_of_their_axes(toy):
    definition = toy("generator.width=4,8", "training.ema_beta=0.9..0.99")
    rows = [
        Row(0, {"generator.width": 8, "training.ema_beta": 0.99}, [], 1.0, None),
        Row(1, {"generator.width": 4, "training.ema_beta": 0.9}, [], 2.0, None),
    ]
    drawn = coordinates(Ranked([], "distance", True, rows, [], 0), definition.varies)
    low, high = (path.points for path in drawn.paths)
    assert {point.split(",")[1] for point in low.split()} == {"316.0"}
    assert {point.split(",")[1] for point in high.split()} == {"46.0"}


def test_a_definition_that_is_damaged_is_said(cli, tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "sweep.toml").write_text("seeds = 0\ntrials = 1\nscore = 'kd'\n")
    with pytest.raises(ganzoo.UsageError, match="is not what ganzoo writes: seeds"):
        read_definition(tmp_path / "s")
    assert cli("sweep", "--resume", "s").code == 2


def test_values_without_names_for_them_are_no_axis(toy, cli, tmp_path):
    toy("generator.width=4,8").write(tmp_path)
    file = tmp_path / "sweep.toml"
    changed = re.sub(r"values = \[\s*4,", "values = [2, 4,", file.read_text())
    file.write_text(changed)
    ended = cli("sweep", "--resume", str(tmp_path))
    assert (ended.code, "3 values and 2 stored" in ended.err) == (2, True), ended.err


@pytest.mark.parametrize(
    ("address", "said"), [("postgrsql://u@h/n", "Can't load plugin"), ("sqlite:///no.db", "file is not a database")]
)
def test_an_address_where_no_record_can_be_is_said(cli, tmp_path, monkeypatch, address, said):
    monkeypatch.setattr("ganzoo.sweeping.storage.SIMULTANEOUS", 1)
    (tmp_path / "no.db").write_text("a text, and no database" * 100)
    ended = cli("sweep", "--storage", address, "--name", "a")
    assert (ended.code, said in ended.err) == (2, True), ended.err
