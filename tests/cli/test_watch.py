from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ganzoo.cli.views.following import LAST_EVENTS, LAST_TICKS, Following, total_images
from ganzoo.contracts import Observer
from ganzoo.runs.directory import RunDirectory

HUGE = json.dumps({"parameters": {"generator": 10**400}, "training": {"images_a_step": 10**400}})
CONFIG = 'recipe = "dcgan"\n[training]\nepochs = 2.0\nsteps = "none"\nbatch_size = 8\n[data]\nheld_out = 0.5\n'


class Told(Observer):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[object] = []
        self.parameters: object = None

    def start(self, start):
        self.said.append(("start", start.step, start.total_images))
        self.parameters = start.parameters

    def tick(self, tick):
        self.said.append(tick.step)

    def event(self, event):
        self.said.append(event.message)

    def end(self, status):
        self.said.append(("end", status))


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    run = RunDirectory(tmp_path)
    run.config.write_text(CONFIG)
    run.environment.write_text(json.dumps({"training": {"images_a_step": 4, "images_a_pass": 50}}))
    return run


@pytest.fixture
def views() -> list[Told]:
    return []


@pytest.fixture
def following(run, views) -> Following:
    def view() -> Told:
        views.append(Told())
        return views[-1]

    return Following(run, view, io.StringIO(), whole=True)


def ticks(*steps: int) -> str:
    return "".join(
        json.dumps({"step": s, "images": 8 * s, "values": {"loss_generator": None}, "verdict": "healthy"}) + "\n"
        for s in steps
    )


def event(kind: str, message: str, step: int = 0) -> str:
    return json.dumps({"kind": kind, "step": step, "message": message, "data": {}}) + "\n"


@pytest.mark.parametrize("written", ["{}", '{"parameters": 3, "training": {"images_a_step": 1e999}}', "[", "7", HUGE])
def test_a_record_that_says_no_sizes_is_followed_all_the_same(run, following, views, written):
    run.environment.write_text(written)
    run.metrics.write_text(ticks(1))
    following.look()
    assert views[0].parameters == {}


def test_who_watches_is_told_how_large_the_networks_are(run, following, views):
    run.environment.write_text(json.dumps({"parameters": {"generator": 640, "discriminator": 30}}))
    run.metrics.write_text(ticks(1))
    following.look()
    assert views[0].parameters == {"generator": 640, "discriminator": 30}


def test_a_run_is_followed_until_it_is_finished(run, following, views):
    assert not following.look()
    assert views == []  # nothing to see yet
    run.metrics.write_text(ticks(1, 2))
    assert not following.look()
    run.metrics.write_text(ticks(1, 2, 3))
    run.events.write_text(event("end", "finished", 3))
    assert following.look()
    (view,) = views
    assert view.said == [("start", 2, 100), 1, 2, 3, "finished", ("end", "finished")]


def test_a_crash_and_a_resume_begin_a_new_picture_without_what_was_taken_back(run, following, views):
    run.metrics.write_text(ticks(1, 2, 3))
    following.look()
    run.metrics.write_text(ticks(1))
    run.events.write_text(event("resumed", "goes on from step 1", 1))
    following.look()
    run.metrics.write_text(ticks(1, 2))
    following.look()
    first, second = views
    assert first.said[-1] == ("end", "stopped; it goes on from a checkpoint")
    assert second.said == [("start", 1, 100), 1, "goes on from step 1", 2]


def test_an_interrupted_run_is_waited_for(run, views):
    stream = io.StringIO()
    following = Following(run, lambda: views.append(Told()) or views[-1], stream)
    run.metrics.write_text(ticks(1))
    run.events.write_text(event("end", "interrupted", 1))
    assert not following.look()
    assert f"ganzoo resume {run.path}" in stream.getvalue()
    assert not following.look()
    assert len(views) == 1
    run.metrics.write_text(ticks(1, 2))
    run.events.write_text(event("end", "interrupted", 1) + event("resumed", "goes on", 1))
    assert not following.look()
    assert views[1].said == [("start", 2, 100), 2, "interrupted", "goes on"]


def test_a_view_that_draws_no_curves_is_not_told_the_whole_past(run, views):
    run.metrics.write_text(ticks(*range(1, 50)))
    run.events.write_text("".join(event("note", f"note {n}") for n in range(30)))
    Following(run, lambda: views.append(Told()) or views[-1], io.StringIO()).look()
    assert views[0].said[:2] == [("start", 49, 100), 49]
    assert len(views[0].said) == 2 + LAST_EVENTS


def test_a_configuration_that_is_nested_too_deep_costs_the_title_alone(run, following, views):
    run.config.write_text("x = " + "[" * 5000)
    run.metrics.write_text(ticks(1))
    following.look()
    assert views[0].said == [("start", 1, 0), 1]


def test_of_a_long_run_no_more_is_kept_than_is_shown(run, following):
    run.metrics.write_text(ticks(*range(1, 2 * LAST_TICKS)))
    run.events.write_text("".join(event("note", f"note {n}") for n in range(2 * LAST_EVENTS)))
    following.look()
    assert (len(following._ticks), len(following._happened)) == (LAST_TICKS, LAST_EVENTS)


def test_leaving_is_not_the_end_of_the_run(run, following, views):
    run.metrics.write_text(ticks(1))
    following.look()
    following.leave()
    following.leave()
    assert views[0].said[-1] == ("end", "left; the run goes on")


@pytest.mark.parametrize(
    ("config", "images"),
    [
        ({"training": {"steps": 10}}, 80),
        ({"training": {"epochs": 3.0, "steps": "none"}}, 294),
        ({"training": {"epochs": "many"}}, 0),
        ({"training": {"epochs": float("inf")}}, 0),
        ({"training": {"epochs": float("nan")}}, 0),
        ({"training": {"epochs": 1e307}}, 0),
        ({"training": {"epochs": 10**400}}, 0),
        ({"training": {"steps": 10**400}}, 0),
        ({"training": 3}, 0),
        ({}, 0),
    ],
)
def test_the_length_of_a_run_is_read_from_its_configuration(config, images):
    assert total_images(config, images_a_step=8, images_a_pass=98) == images


def test_a_finished_run_is_shown_and_left(cli, run):
    run.metrics.write_text(ticks(1, 2))
    run.events.write_text(event("evaluation", "fd 3.2", 2) + event("end", "finished", 2))
    ended = cli("watch", str(run.path))
    assert ended.code == 0
    assert "fd 3.2" in ended.out
    assert ended.out.endswith("finished\n")


def test_what_is_no_run_cannot_be_watched(cli, tmp_path: Path):
    ended = cli("watch", str(tmp_path / "nothing"))
    assert ended.code == 2
    assert "no such directory" in ended.err
