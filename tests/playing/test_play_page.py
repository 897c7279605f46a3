"""`ganzoo play` in a real browser: clicked through; and what its server gives to whom."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import numpy as np
import pytest
from browsing import PHONE, Seen, in_the_dark, on_a_phone
from PIL import Image
from selenium.webdriver.support.select import Select

import ganzoo
from ganzoo.errors import UsageError
from ganzoo.playing.web.server import address, is_here
from ganzoo.playing.web.wishes import Wish, read_wish
from ganzoo.report.grid import grid

ALL_DRAWN = "document.getElementById('picture').alt === document.getElementById('said').textContent"


@pytest.fixture(scope="session")
def playing(plain_run) -> Iterator[str]:
    with ganzoo.play(plain_run, port=0) as opened:
        yield opened


@pytest.fixture(scope="session")
def playing_with_classes(labelled_run) -> Iterator[str]:
    with ganzoo.play(labelled_run, port=0) as opened:
        yield opened


def get(url: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def pixels(file: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(file)) as image:
        return np.asarray(image)


def after(seen: Seen, text: str) -> str:
    """What is said once a picture that is described so is shown."""
    seen.wait_until(f"{ALL_DRAWN} && document.getElementById('said').textContent.includes({text!r})")
    seen.wait_until("document.getElementById('picture').naturalWidth > 1")
    return seen.ask("document.getElementById('picture').src")


def type_into(seen: Seen, name: str, text: str) -> None:
    field = seen.browser.find_element("id", name)
    field.clear()
    field.send_keys(text)


def test_every_control_changes_the_picture_and_nothing_is_asked_of_anybody_else(browser, playing):
    seen = Seen(browser, playing)
    pictures = [after(seen, "16 images from seed 0")]
    type_into(seen, "seed", "7")
    pictures.append(after(seen, "from seed 7"))
    Select(browser.find_element("id", "count")).select_by_visible_text("4")
    pictures.append(after(seen, "4 images from seed 7"))
    browser.find_element("id", "truncation").send_keys("\ue012" * 6)  # the left arrow key
    pictures.append(after(seen, "truncation 0.7"))
    type_into(seen, "to", "9")
    browser.find_element("id", "place").send_keys("\ue014" * 12)  # the right arrow key
    pictures.append(after(seen, "25 % of the way to seed 9"))
    browser.find_element("css selector", "[data-random=seed]").click()
    random_seed = browser.find_element("id", "seed").get_property("value")
    pictures.append(after(seen, f"from seed {random_seed}, 25 %"))
    assert len(set(pictures)) == len(pictures)
    asked = seen.requests()
    assert len(asked) > len(pictures)
    assert all(url.startswith(playing) for url in asked)
    assert seen.complaints() == []


def test_another_address_of_the_page_shows_what_it_says(browser, playing):
    first = after(Seen(browser, f"{playing}#seed=5"), "16 images from seed 5")
    seen = Seen(browser, f"{playing}#seed=6&count=1")  # the page itself is not loaded again
    assert after(seen, "1 image from seed 6") != first
    assert seen.complaints() == []


def test_a_walk_goes_and_stops(browser, playing):
    seen = Seen(browser, f"{playing}#count=1&seed=3&to=4")
    after(seen, "1 image from seed 3")
    button = browser.find_element("id", "walk")
    button.send_keys(" ")
    seen.wait_until("document.getElementById('picture').alt.includes('of the way to seed 4')")
    assert button.get_attribute("aria-pressed") == "true"
    button.send_keys(" ")
    assert button.get_attribute("aria-pressed") == "false"
    assert float(seen.ask("document.getElementById('place').value")) > 0
    assert seen.complaints() == []


def test_a_class_named_as_markup_is_shown_as_text_and_can_be_chosen(browser, playing_with_classes):
    seen = Seen(browser, playing_with_classes)
    before = after(seen, "16 images from seed 0")
    choice = Select(browser.find_element("id", "label"))
    assert [option.text for option in choice.options] == ["all in turn", "<b>cats</b>", "dogs", "owls"]
    choice.select_by_visible_text("<b>cats</b>")
    assert after(seen, "16 images of <b>cats</b>") != before
    browser.find_element("tag name", "summary").click()
    assert "--class '<b>cats</b>'" in browser.find_element("id", "commands").text
    assert browser.find_elements("css selector", "main b") == []
    assert seen.complaints() == []


def test_a_page_opened_again_shows_what_it_showed(browser, playing):
    seen = Seen(browser, f"{playing}#seed=12&count=9&truncation=0.5&nonsense=1&label=7")
    after(seen, "9 images from seed 12, truncation 0.5")
    browser.refresh()
    after(seen, "9 images from seed 12, truncation 0.5")
    assert seen.complaints() == []


def test_a_seed_that_is_none_is_said_beside_the_picture(browser, playing):
    seen = Seen(browser, playing)
    before = after(seen, "16 images")
    type_into(seen, "seed", "-3")
    seen.wait_until("document.getElementById('said').textContent.includes('a whole number')")
    assert seen.ask("document.getElementById('picture').src") == before
    type_into(seen, "seed", "3")
    assert after(seen, "from seed 3") != before


def test_the_page_fits_a_phone_and_a_dark_room(browser, playing):
    on_a_phone(browser)
    seen = Seen(browser, playing)
    after(seen, "16 images")
    assert seen.ask("document.documentElement.scrollWidth") <= PHONE["width"]
    ground = "getComputedStyle(document.body).backgroundColor"
    light = seen.ask(ground)
    in_the_dark(browser)
    assert seen.ask(ground) != light


def test_a_picture_is_the_grid_of_sample_and_in_the_middle_of_a_walk_is_neither_end(playing, plain_run):
    def drawn(words: str) -> np.ndarray:
        status, file = get(f"{playing}picture?{words}")
        assert status == 200
        return pixels(file)

    for seed in (3, 4):
        expected = grid(ganzoo.sample(plain_run, 9, seed=seed, truncation=0.7))
        np.testing.assert_array_equal(drawn(f"seed={seed}&count=9&truncation=0.7"), expected)
    ends = [drawn("seed=3&to=4&share=0&count=9"), drawn("seed=4&count=9")]
    arrived = drawn("seed=3&to=4&share=1&count=9")
    assert np.abs(arrived.astype(int) - ends[1].astype(int)).max() <= 1  # the way is computed in another order
    middle = drawn("seed=3&to=4&share=0.5&count=9")
    assert all((middle != end).any() for end in ends)


REFUSED = {
    "seed=-1": "a whole number from 0",
    "seed=1e3": "a whole number from 0",
    "seed=" + "9" * 5000: "a whole number from 0",
    "count=65": "a whole number from 1 to 64",
    "count=0": "a whole number from 1 to 64",
    "share=nan": "a number from 0 to 1",
    "truncation=inf": "a number from 0 to 2",
    "label=0": "nothing is called `label`",
    "sead=1": "Did you mean `seed`?",
}


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: words[:20])
def test_what_cannot_be_drawn_is_said(playing, words):
    status, text = get(f"{playing}picture?{words}")
    assert status == 400
    assert REFUSED[words] in text.decode()


def test_a_wish_takes_only_classes_there_are():
    assert read_wish({"label": "2"}, classes=3) == Wish(label=2)
    with pytest.raises(UsageError, match="from 0 to 2"):
        read_wish({"label": "3"}, classes=3)


def test_another_sites_page_gets_nothing(playing):
    assert get(playing, Host="evil.example")[0] == 403  # a name that was made to point here
    assert get(f"{playing}picture", **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    port = playing.rsplit(":", 1)[1].strip("/")
    assert get(playing, Host=f"localhost:{port}")[0] == 200
    assert get(f"{playing}nothing")[0] == 404


def test_a_port_that_is_taken_is_said(playing, plain_run):
    port = int(playing.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1, port {port}"), ganzoo.play(plain_run, port=port):
        pass


def test_a_generator_of_points_has_no_page(run_of_points):
    with pytest.raises(UsageError, match="points"), ganzoo.play(run_of_points, port=0):
        pass


def test_once_it_has_ended_nobody_answers(plain_run):
    with ganzoo.play(plain_run, port=0) as opened:
        assert get(opened)[0] == 200
    with pytest.raises(urllib.error.URLError):
        get(opened)


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_what_only_this_machine_reaches_is_known(host, here):
    assert is_here(host) is here


def test_an_address_can_be_opened_wherever_it_listens():
    assert address("::1", 80) == "http://[::1]:80/"
    assert address("0.0.0.0", 80) == "http://127.0.0.1:80/"


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """For what is started meanwhile: a shell that starts tests in the background has all of them ignore the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.skipif(os.name == "nt", reason="the signal of Ctrl-C is sent otherwise there")
def test_ctrl_c_ends_the_verb_and_letting_others_in_is_warned_of(plain_run):
    command = [sys.executable, "-m", "ganzoo", "play", str(plain_run), "--port", "0", "--host", "0.0.0.0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        opened = process.stdout.readline().split()[0]
        assert get(opened)[0] == 200
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "there is no password" in errors
    assert "Traceback" not in errors
