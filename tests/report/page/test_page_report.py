from __future__ import annotations

import json
import re
import struct
import zlib
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ganzoo.report.page.model import read_record
from ganzoo.report.page.pictures import FRAMES, fitted
from ganzoo.report.page.report import write_report
from ganzoo.report.page.settings import settings_of
from ganzoo.report.page.words import verdict
from ganzoo.runs.directory import RunDirectory

EVIL = "<script>alert(1)</script>"
MOST_BYTES = 5_000_000


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.data: dict[str, str] = {}
        self._inside = ""
        self._id = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside, self._id = tag, dict(attrs).get("id") or ""

    def handle_data(self, data):
        if self._inside == "script" and self._id:
            self.data[self._id] = data
        elif self._inside not in ("script", "style"):
            self.text += data

    def handle_endtag(self, tag):
        self._inside = ""

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page_of(installed):
    def make(run: RunDirectory) -> Page:
        return Page(write_report(run, installed).read_text(encoding="utf-8"))

    return make


def test_names_of_settings_break_at_their_dots_and_errors_are_smaller_than_scores(make_run, installed):
    page = write_report(make_run(), installed).read_text(encoding="utf-8")
    assert "<code>training.<wbr>batch_<wbr>size</code>" in page
    assert re.search(r"<b>[\d.]+ <small>± [\d.]+</small></b>", page)


def test_the_page_asks_the_network_for_nothing(make_run, page_of):
    page = page_of(make_run())
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-eval" not in policy
    for tag, name in (("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src")):
        assert all((one.get(name) or "data:").startswith("data:") for one in page.all(tag))


def test_the_verdict_says_in_one_sentence_what_held_d(make_run, page_of):
    page = page_of(make_run())
    assert "Healthy since step 25; D is right on 74 % of images, held there by r1r2." in page.text


def test_the_page_says_what_share_of_the_time_went_into_scores(make_run, page_of):
    run = make_run(end=None)
    seconds = {"training": 545.0, "evaluating": 52.5, "drawing": 2.0, "saving": 0.5}
    end = {"kind": "end", "step": 1000, "message": "finished", "data": {"seconds": seconds}}
    with run.events.open("a") as events:
        events.write(json.dumps(end) + "\n")
    text = page_of(run).text
    shown = {"training": "9 min 05 s (90.8 %)", "evaluating": "52 s (8.8 %)", "drawing": "2 s (0.3 %)"}
    for activity, time in shown.items():
        assert f"{activity}{time}" in text.replace("\n", "")


def test_a_chart_of_skipped_updates_is_drawn_only_where_there_were_some(make_run, page_of):
    run = make_run()
    assert "Updates skipped" in page_of(run).text
    run.metrics.write_text(
        run.metrics.read_text().replace('"skip_rate_discriminator": 0.1', '"skip_rate_discriminator": 0.0')
    )
    assert "Updates skipped" not in page_of(run).text
    decision = {"kind": "decision", "step": 500, "message": "two updates", "data": {"role": "discriminator"}}
    run.events.write_text(run.events.read_text() + json.dumps(decision) + "\n")
    assert "Updates skipped" in page_of(run).text


def test_a_run_without_levers_says_so(make_run, installed):
    run = make_run()
    run.config.write_text(re.sub(r"\[balance.*?(?=\n\[)", "[balance.none]\n", run.config.read_text(), flags=re.S))
    sentence, look = verdict(read_record(run, installed))
    assert sentence.endswith("held by no lever.")
    assert look == "good"


def test_every_chart_that_was_measured_is_there(make_run, page_of):
    page = page_of(make_run())
    keys = [one["data-chart"] for one in page.all("figure") if "data-chart" in one]
    assert keys == ["loss", "accuracy", "logits", "gradients", "rates", "skips", "score0", "score1"]
    assert "Floor: what a perfect generator would get" in page.text
    assert "Shaded: 95 % interval" in page.text


def test_every_picture_has_words_beside_it(make_run, page_of):
    run = make_run()
    Image.new("RGB", (64, 32)).save(run.neighbours)
    page = page_of(run)
    assert len(page.all("img")) == 2
    assert all(one["alt"] for one in page.all("img"))
    assert all(one["aria-label"] for _, one in page.elements if one.get("role") == "img")


def test_a_picture_that_is_a_bomb_is_a_note_and_no_traceback(make_run, page_of):
    run = make_run()
    run.neighbours.write_bytes(bomb())
    run.grids()[0][1].write_bytes(bomb())
    text = page_of(run).text
    assert "neighbours.png cannot be read: too large" in text
    assert "step-00000000.png cannot be read: too large" in text


def bomb() -> bytes:
    """A PNG whose header promises 3.6 billion pixels, beyond what Pillow opens."""
    file = BytesIO()
    Image.new("RGB", (1, 1)).save(file, format="PNG")
    content = bytearray(file.getvalue())
    content[16:24] = struct.pack(">II", 60_000, 60_000)
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    return bytes(content)


def test_what_comes_from_files_is_text_wherever_it_is_shown(make_run, page_of):
    run = make_run(classes=(EVIL, "cat"))
    run.config.write_text(run.config.read_text() + f'\n[balance."{EVIL}"]\n')
    with run.events.open("a") as file:
        data = {"scores": {EVIL: 1.0}, "images": 1}
        file.write(json.dumps({"kind": "fault", "step": 3, "message": EVIL, "data": {}}) + "\n")
        for step in (4, 5):
            file.write(json.dumps({"kind": "evaluation", "step": step, "message": "", "data": data}) + "\n")
    page = page_of(run)
    assert page.text.count(EVIL) >= 4
    harmless = [one for one in page.all("script") if one.get("type") == "application/json"]
    assert len(page.all("script")) - len(harmless) == 3  # the library and the page's own two
    assert EVIL in json.loads(page.data["chart-data"])["charts"]["score2"]["lines"] or EVIL in page.text


def test_the_slider_goes_through_at_most_forty_frames_with_the_first_and_the_last(make_run, page_of):
    page = page_of(make_run(grids=97))
    told = json.loads(page.data["sample-data"])
    assert len(told) == FRAMES
    assert told[0]["text"].startswith("step 0 ")
    assert told[-1]["text"] == "step 1,000 · 64.0 kimg"


def test_a_long_run_stays_small_and_keeps_its_spike(make_run, installed):
    run = make_run(ticks=8_000, evaluations=1_000, grids=42, spike=5_432, grid_size=300)
    noise = np.random.default_rng(0).integers(0, 256, (600, 900, 3), dtype=np.uint8)
    Image.fromarray(noise).save(run.neighbours)
    path = write_report(run, installed)
    assert path.stat().st_size < MOST_BYTES
    page = Page(path.read_text(encoding="utf-8"))
    (loss,) = [one["aria-label"] for one in page.all("div") if one.get("id") == "plot-loss"]
    assert "highest 987.5" in (loss or "")
    assert json.loads(page.data["chart-data"])["charts"]["loss"]["whole"][1] > 987.5


def test_pictures_are_made_small_enough_for_their_room():
    noise = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)  # compresses worst
    images = [Image.fromarray(noise)] * 5
    generous, tight = fitted(images, 1_000_000), fitted(images, 100_000)
    assert sum(map(len, tight)) <= 100_000 < sum(map(len, generous)) <= 1_000_000
    assert Image.open(BytesIO(generous[0])).size == (400, 400)
    assert fitted([], 100) == []


def test_an_empty_run_renders(make_run, page_of):
    run = make_run(ticks=0, evaluations=0, grids=0, end=None)
    run.events.unlink()
    run.metrics.unlink()
    run.environment.unlink()
    page = page_of(run)
    assert "No verdict: nothing has been measured yet." in page.text
    assert "environment.json is missing" in page.text
    assert "unfinished" in page.text


def test_an_unfinished_run_says_so(make_run, page_of):
    run = make_run(ticks=2, evaluations=0, grids=1, end=None)
    with run.metrics.open("a") as file:
        file.write('{"step": 75, "ima')  # killed in the middle of a line
    page = page_of(run)
    assert "unfinished" in page.text
    assert "No verdict yet: too few numbers so far; D is right on 74 % of images." in page.text


def test_a_run_that_went_on_after_an_interruption_is_not_called_interrupted(make_run, installed):
    run = make_run(end="interrupted")
    assert read_record(run, installed).status == "interrupted"
    with run.events.open("a") as file:
        file.write(json.dumps({"kind": "resumed", "step": 1000, "message": "goes on", "data": {}}) + "\n")
    assert read_record(run, installed).status == "unfinished"


@pytest.mark.parametrize("name", ["metrics.jsonl", "events.jsonl", "config.toml", "environment.json"])
def test_a_damaged_file_costs_its_own_part_of_the_page_only(make_run, page_of, name):
    run = make_run()
    (run.path / name).write_bytes(b'\xff\xfe\x00\n[]\n{"step": "one", "values": 3}\n{"kind": 1, "step": -4}\n')
    assert "Samples and curves" in page_of(run).text


def test_a_grid_that_cannot_be_read_is_said_and_left_out(make_run, page_of):
    run = make_run(grids=3)
    run.sample(500).write_bytes(b"no picture")
    page = page_of(run)
    assert "step-00000500.png cannot be read" in page.text
    assert len(json.loads(page.data["sample-data"])) == 2


def test_what_is_not_the_recipes_own_is_marked(make_run, installed):
    rows, note = settings_of(read_record(make_run(), installed).config, installed)
    changed = {row.path: (row.value, row.default) for row in rows if row.changed}
    assert changed["training.seed"] == ("7", "0")
    assert changed["balance.r1r2.gamma"] == ("3.0", "not set")
    assert "training.batch_size" not in changed
    assert note == ""


def test_without_the_recipes_plugin_nothing_is_marked_and_the_page_says_why(make_run, page_of):
    run = make_run()
    run.config.write_text(run.config.read_text().replace('recipe = "dcgan"', 'recipe = "gone"'))
    page = page_of(run)
    assert "What differs from the recipe is not marked" in page.text
    assert not [one for one in page.all("tr") if one.get("class") == "changed"]


def test_decisions_that_follow_one_another_share_a_row(make_run, page_of):
    run = make_run()
    with run.events.open("a") as file:
        for step in range(25, 1000, 25):
            data = {"role": "discriminator"}
            event = {"kind": "decision", "step": step, "message": f"skipped at {step}", "data": data}
            file.write(json.dumps(event) + "\n")
    assert "39 times; the last: skipped at 975" in page_of(run).text


def test_grids_with_transparency_and_in_grey_are_shown(make_run, page_of):
    run = make_run(grids=0)
    Image.fromarray(np.zeros((8, 8, 4), dtype=np.uint8)).save(run.sample(0))
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(run.sample(1))
    assert len(json.loads(page_of(run).data["sample-data"])) == 2
