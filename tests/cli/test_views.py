from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ganzoo.cli.views import JsonView, PlainView, choose_view
from ganzoo.cli.views.figures import duration, kimg, number, percent, sizes
from ganzoo.cli.views.live import LAST_EVENTS, LiveView
from ganzoo.cli.views.plain import DECISION_EVERY_S, EVERY_S
from ganzoo.cli.views.sparkline import BARS, sparkline
from ganzoo.contracts import Event, Observer, RunStart, Tick

EVIL = "\x1b[31m[bold]\u202ename\r\n\x9b2J"
VALUES = {
    "loss_discriminator": 0.693,
    "loss_generator": 0.912,
    "accuracy_real": 0.81,
    "accuracy_fake": 0.77,
    "skip_rate_discriminator": 0.12,
    "skip_rate_generator": 0.0,
}
START = RunStart(Path("runs/a"), "dcgan on avatars, 64 px, d-skip", {"seed": 0}, ("3 left out",), 0, 0, 160_000)
TICK = Tick(1500, 96_000, VALUES, 412.3, "healthy")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def live(width: int = 80) -> tuple[LiveView, Clock, Console]:
    clock = Clock()
    console = Console(file=Terminal(), width=width, height=40, force_terminal=True, legacy_windows=False)
    return LiveView(console, clock), clock, console


def picture(view: LiveView, width: int = 80, encoding: str = "utf-8") -> list[str]:
    """What is on the screen, without colours."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    console = Console(file=file, width=width, color_system=None)
    with console.capture() as shown:
        console.print(view.picture())
    return shown.get().splitlines()


# choose_view


def test_only_who_trains_says_that_the_run_goes_on() -> None:
    said = []
    for from_outside in (False, True):
        stream = io.StringIO()
        view = choose_view(quiet=False, as_json=False, stream=stream, from_outside=from_outside)
        assert view is not None
        view.start(replace(START, step=1500))
        said.append("goes on at step 1,500" in stream.getvalue())
        assert "at step 1,500" in stream.getvalue()
    assert said == [True, False]


def test_quiet_means_no_view() -> None:
    assert choose_view(quiet=True, as_json=True, stream=Terminal()) is None


def test_each_stream_gets_the_view_that_suits_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert isinstance(choose_view(quiet=False, as_json=True, stream=Terminal()), JsonView)
    assert isinstance(choose_view(quiet=False, as_json=False, stream=Terminal()), LiveView)
    assert isinstance(choose_view(quiet=False, as_json=False, stream=io.StringIO()), PlainView)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose_view(quiet=False, as_json=False, stream=Terminal()), PlainView)


def test_views_are_imported_without_torch() -> None:
    code = "import sys, ganzoo.cli.views.live; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# JsonView


def json_lines() -> list[dict[str, object]]:
    stream = io.StringIO()
    view = JsonView(stream)
    whole_run(view)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def whole_run(view: Observer) -> None:
    view.start(replace(START, title=EVIL, notes=(EVIL,)))
    view.tick(replace(TICK, values={**VALUES, "loss_generator": math.nan, "logit_real": -math.inf}, verdict=EVIL))
    view.event(Event("evaluation", 1500, EVIL, {"images": 96_000, "scores": {EVIL: math.inf, "kd": 3.08}}))
    view.event(Event("fault", 1500, EVIL, {"path": Path("a"), "list": [math.nan, None, True]}))
    view.images(1500, Path("samples/step.png"))
    view.end("finished")


def test_json_lines_tell_the_whole_run() -> None:
    lines = json_lines()
    assert [line["type"] for line in lines] == ["start", "tick", "event", "event", "images", "end"]
    assert lines[0]["total_images"] == 160_000
    assert lines[0]["config"] == {"seed": 0}
    assert lines[1]["values"]["accuracy_real"] == 0.81  # type: ignore[index]  # JSON
    assert lines[4] == {"type": "images", "step": 1500, "path": str(Path("samples/step.png"))}
    assert lines[5] == {"type": "end", "status": "finished"}


def test_json_has_null_where_a_number_is_not_finite() -> None:
    lines = json_lines()
    assert lines[1]["values"]["loss_generator"] is None  # type: ignore[index]  # JSON
    assert lines[1]["values"]["logit_real"] is None  # type: ignore[index]  # JSON
    assert lines[2]["data"] == {"images": 96_000, "scores": {EVIL: None, "kd": 3.08}}
    assert lines[3]["data"] == {"path": "a", "list": [None, None, True]}


def test_json_keeps_text_as_it_is_and_control_characters_escaped() -> None:
    stream = io.StringIO()
    whole_run(JsonView(stream))
    assert stream.getvalue().isascii()
    assert "\x1b" not in stream.getvalue()
    assert json.loads(stream.getvalue().splitlines()[0])["title"] == EVIL


# PlainView


def test_plain_lines_hold_no_control_characters_and_show_text_as_text() -> None:
    stream = io.StringIO()
    whole_run(PlainView(stream, Clock()))
    assert all(line.isprintable() for line in stream.getvalue().splitlines())
    assert "[31m[bold]" in stream.getvalue()


def test_plain_lines_of_numbers_come_every_two_seconds_at_most_and_the_last_one_always() -> None:
    stream, clock = io.StringIO(), Clock()
    view = PlainView(stream, clock)
    view.start(START)
    for step in range(10):
        clock.now = step * EVERY_S / 4
        view.tick(replace(TICK, step=step))
    view.end("finished")
    steps = [int(step) for step in re.findall(r"^step (\d+) \|", stream.getvalue(), re.MULTILINE)]
    assert steps == [0, 4, 8, 9]
    assert stream.getvalue().splitlines()[-1] == "finished"


def test_views_say_how_large_the_networks_are_where_that_is_known() -> None:
    start = replace(START, parameters={"generator": 19_456_387, "discriminator": 87_921})
    stream = io.StringIO()
    PlainView(stream, Clock()).start(start)
    expected = f"G 19.5 M, D 88 k parameters, 160.0 kimg in all, in {start.path}"
    assert stream.getvalue().splitlines()[-1] == expected
    view, _, console = live()
    view.start(start)
    view.end("finished")
    assert isinstance(console.file, Terminal)
    assert "G 19.5 M, D 88 k parameters" in console.file.getvalue()
    stream = io.StringIO()
    PlainView(stream, Clock()).start(START)
    assert "parameters" not in stream.getvalue()


def test_a_plain_line_holds_what_matters() -> None:
    stream = io.StringIO()
    view = PlainView(stream, Clock())
    view.start(START)
    view.tick(replace(TICK, values={**VALUES, "loss_generator": math.nan}))
    assert stream.getvalue().splitlines()[-1] == (
        "step 1,500 | 96.0/160.0 kimg | 412 img/s | loss D 0.693 G - | D right on real 81% fake 77% "
        "| skipped D 12% G 0% | healthy"
    )


def test_plain_lines_tell_notes_once_and_events_but_not_every_decision() -> None:
    stream, clock = io.StringIO(), Clock()
    view = PlainView(stream, clock)
    view.start(START)
    view.event(Event("note", 0, "3 left out"))
    for second in (0, 1, 2, DECISION_EVERY_S + 1):
        clock.now = second
        view.event(Event("decision", int(second), "skipped"))
    view.event(Event("end", 5, "drawn"))
    view.event(Event("verdict", 6, "healthy"))
    text = stream.getvalue()
    assert text.count("3 left out") == 1
    assert text.count("skipped") == 2
    assert "drawn" not in text
    assert "step 6  verdict: healthy" in text


def test_a_plain_stream_that_lacks_a_character_gets_a_question_mark() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    PlainView(stream, Clock()).start(replace(START, title="café \udcff"))
    assert stream.buffer.getvalue().startswith(b"caf? ?")  # type: ignore[attr-defined]  # BytesIO


# LiveView


def watched(width: int = 80) -> tuple[LiveView, Clock, Console]:
    view, clock, console = live(width)
    view.start(START)
    clock.now = 60
    view.tick(TICK)
    view.event(Event("evaluation", 1500, "kd 3.08", {"scores": {"kd-efficientnet-lite0": 3.08}}))
    return view, clock, console


def test_the_live_picture_shows_where_the_run_stands() -> None:
    view, clock, _ = watched()
    clock.now = 61
    text = "\n".join(picture(view))
    view.end("finished")
    for shown in (
        "dcgan on avatars, 64 px, d-skip",
        "60%",
        "96.0/160.0 kimg",
        "412 img/s",
        "healthy",
        "step 1,500",
    ):
        assert shown in text
    for row in (r"D loss +0\.693", r"G loss +0\.912", "D right on real +81%", "D right on fake +77%"):
        assert re.search(row, text)
    assert re.search("D updates skipped +12%", text)
    assert re.search(r"kd-efficientnet-lite0 +3\.080", text)
    assert "0:39 left" in text  # 96,000 images took 60 s; 64,000 take 40, of which one has passed


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_live_picture_fits_its_terminal(width: int) -> None:
    view, _, _ = watched(width)
    for step in range(100):
        view.tick(replace(TICK, step=step))
        view.event(Event("verdict", step, "a long message " * 20))
    lines = picture(view, width)
    view.end("finished")
    assert max(map(len, lines)) <= width
    assert len(lines) <= 22


def test_the_live_picture_shows_strangers_text_as_text() -> None:
    view, _, console = live(200)
    whole_run(view)
    text = "\n".join(picture(view, 200))
    assert "[31m[bold]" in text
    assert all(line.isprintable() for line in text.splitlines())
    written = console.file.getvalue()  # type: ignore[attr-defined]  # Terminal
    assert "\x1b[31m[bold]" not in written
    assert "\x9b" not in written
    assert "\u202e" not in written


def test_the_live_view_leaves_its_last_picture_and_the_cursor() -> None:
    view, clock, console = watched()
    clock.now = 75
    view.end("finished")
    written = console.file.getvalue()  # type: ignore[attr-defined]  # Terminal
    last = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written.rsplit("dcgan on avatars", 1)[1])
    assert "finished in 1:15" in last
    assert written.rfind("\x1b[?25h") > written.rfind("\x1b[?25l")
    assert written.count("3 left out") == 1


def test_the_live_view_shows_only_the_last_decision_beside_other_events() -> None:
    view, _, _ = watched()
    for step in range(10):
        view.event(Event("decision", step, f"skipped {step}"))
    view.event(Event("checkpoint", 11, "saved"))
    text = "\n".join(picture(view))
    view.end("finished")
    assert text.count("skipped") == 1 + text.count("updates skipped")
    assert "skipped 9" in text
    assert "saved" not in text


def test_the_live_view_keeps_the_last_events() -> None:
    view, _, _ = live()
    view.start(START)
    for step in range(LAST_EVENTS + 2):
        view.event(Event("verdict", step, f"event {step}"))
    text = "\n".join(picture(view))
    view.end("finished")
    assert re.findall(r"event (\d)", text) == ["2", "3", "4", "5"]


def test_a_terminal_without_unicode_gets_no_sparkline() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    view = LiveView(Console(file=file, width=80, force_terminal=True), Clock())
    view.start(START)
    view.tick(TICK)
    lines = picture(view, encoding="ascii")
    view.end("finished")
    assert all(line.isascii() for line in lines)


def test_a_live_view_that_has_not_started_ends_quietly() -> None:
    view, _, console = live()
    view.end("failed")
    assert console.file.getvalue() == ""  # type: ignore[attr-defined]  # Terminal


# Numbers and sparklines


def test_numbers_are_written_for_people() -> None:
    assert (number(0.6931), number(1.2e6), number(math.nan), number(None)) == ("0.693", "1.2e+06", "-", "-")
    assert (percent(0.813), percent(math.inf)) == ("81%", "-")
    assert (kimg(96_000), kimg(25_000_000)) == ("96.0", "25,000")
    assert sizes({"generator": 640, "discriminator": 949_999}) == "G 640, D 950 k parameters"
    assert sizes({}) == ""
    assert (duration(187), duration(3765), duration(-1), duration(math.nan)) == (
        "3:07",
        "1:02:45",
        "0:00",
        "-",
    )


@given(st.lists(st.floats(allow_nan=True), max_size=100), st.integers(0, 60))
def test_a_sparkline_has_a_bar_a_group_of_values(values: list[float], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == min(width, len(values))
    assert set(line) <= set(BARS + " ")


def test_a_sparkline_rises_with_its_values_within_the_limits_given() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == BARS
    assert sparkline([0.0, 0.5, 1.0], 3, (0.0, 1.0)) == "▁▅█"
    assert sparkline([0.5, math.nan, 0.5], 3, (0.0, 1.0)) == "▅ ▅"
    assert sparkline(list(range(100)), 8) == BARS
    assert sparkline([-1.7e308, 1.7e308], 2) == BARS[0] + BARS[-1]


def test_of_a_run_whose_length_is_unknown_no_share_and_no_time_left_is_shown() -> None:
    view, clock, _ = live()
    view.start(replace(START, total_images=0))
    clock.now = 60.0
    view.tick(TICK)
    progress = picture(view)[1]
    view.end("finished")
    assert "96.0 kimg" in progress
    assert "1:00 so far" in progress
    assert not re.search(r"%|\d/\d|left", progress)
