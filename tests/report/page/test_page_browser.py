"""The report in a real browser, from disk."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from browsing import PHONE, Seen, in_the_dark, on_a_phone

from ganzoo.report.page.report import write_report

EVIL = "<script>alert(1)</script>"
Opened = Callable[..., Seen]


@pytest.fixture
def opened(browser, installed) -> Opened:
    def open_report(run) -> Seen:
        return Seen(browser, write_report(run, installed).as_uri())

    return open_report


def test_a_real_run_opens_from_disk_without_a_request_or_a_complaint(browser, tmp_path, photos):
    import ganzoo

    small = {"training.batch_size": 8, "samples.count": 4, "logging.tick_steps": 3, "data.image_size": 16}
    run = ganzoo.run(
        "dcgan",
        preset="try",
        data=photos,
        settings={**small, "evaluation.metrics": {}, "evaluation.memorising": False, "samples.every_kimg": 0.05},
        steps=12,
        out=tmp_path / "real",
    )
    seen = Seen(browser, run.report["page"].as_uri()).wait_for_charts()
    assert seen.requests() == {run.report["page"].as_uri()}
    assert seen.complaints() == []
    charts = seen.ask("[...document.querySelectorAll('.chart')].map((chart) => chart.dataset.chart)")
    # Nothing was skipped, nothing scored.
    assert charts == ["loss", "accuracy", "logits", "gradients", "memory", "rates"]
    assert seen.ask("[...document.querySelectorAll('.plot')].every((place) => place.childElementCount > 0)")
    assert seen.ask("document.getElementById('sample-picture').naturalWidth") > 0


def test_the_slider_moves_the_picture_the_cursor_and_what_the_legends_say(make_run, opened):
    seen = opened(make_run(grids=5)).wait_for_charts()
    before = seen.ask("document.getElementById('sample-picture').src")
    told = seen.ask("document.querySelector('#chart-loss output').textContent")
    slider = seen.browser.find_element("id", "sample-slider")
    slider.send_keys("\ue012")  # the left arrow key
    assert seen.ask("document.getElementById('sample-text').textContent") == "step 750 · 48.0 kimg"
    assert slider.get_attribute("aria-valuetext") == "step 750 · 48.0 kimg"
    assert seen.ask("document.getElementById('sample-picture').src") != before
    cursor = "Bokeh.documents[0].get_model_by_name('accuracy-cursor').location"
    assert seen.ask(cursor) == 48
    assert seen.ask("document.querySelector('#chart-loss output').textContent") != told
    slider.send_keys("\ue011")  # the home key
    assert seen.ask(cursor) == 0
    assert seen.complaints() == []


def test_a_tap_on_a_chart_moves_the_slider(make_run, opened):
    seen = opened(make_run(grids=5)).wait_for_charts()
    seen.drawn()
    plot = seen.browser.find_element("id", "plot-loss")
    from selenium.webdriver import ActionChains

    seen.browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", plot)
    ActionChains(seen.browser).move_to_element(plot).click().perform()
    seen.wait_until("document.getElementById('sample-slider').value === '2'")
    assert seen.complaints() == []


def test_legends_toggle_lines_and_buttons_zoom_all_charts_by_keyboard(make_run, opened):
    seen = opened(make_run(ticks=400, spike=200)).wait_for_charts()
    button = seen.browser.find_element("css selector", "#chart-loss [data-line='0']")
    visible = "Bokeh.documents[0].get_model_by_name('loss-0').visible"
    assert seen.ask(visible)
    button.send_keys(" ")
    assert not seen.ask(visible)
    assert button.get_attribute("aria-pressed") == "false"
    width = "(r => r.end - r.start)(Bokeh.documents[0].get_model_by_name('skips').x_range)"
    whole = seen.ask(width)
    seen.browser.find_element("css selector", "[data-zoom='0.5']").send_keys("\ue007")  # the return key
    assert seen.ask(width) == pytest.approx(whole / 2)
    seen.browser.find_element("css selector", "[data-zoom='0']").send_keys("\ue007")
    assert seen.ask(width) == pytest.approx(whole)
    top = "Bokeh.documents[0].get_model_by_name('loss').y_range.end"
    assert seen.ask(top) < 500
    seen.browser.find_element("css selector", "#chart-loss .whole").click()
    assert seen.ask(top) > 987.5
    assert seen.complaints() == []


def test_a_class_and_a_score_named_like_a_script_are_shown_and_do_not_run(make_run, opened):
    run = make_run(classes=(EVIL,))
    with run.events.open("a") as file:
        for step in (998, 999):
            data = {"scores": {EVIL: step}, "images": 64 * step}
            file.write(json.dumps({"kind": "evaluation", "step": step, "message": EVIL, "data": data}) + "\n")
    seen = opened(run).wait_for_charts()  # an alert would make this fail
    text = seen.browser.find_element("tag name", "body").text
    assert f"data: classes {EVIL}" in text.replace("\n", " ")
    assert f"Score: {EVIL}" in text
    assert seen.complaints() == []


def test_a_script_that_slipped_in_would_not_run(make_run, opened, tmp_path):
    run = make_run()
    seen = opened(run)
    bad = tmp_path / "bad.html"
    page = run.report.read_text(encoding="utf-8")
    bad.write_text(page.replace("</main>", "<script>document.title = 'slipped in'</script></main>"), encoding="utf-8")
    seen = Seen(seen.browser, bad.as_uri())
    assert seen.browser.title != "slipped in"
    assert any("Content Security Policy" in complaint for complaint in seen.complaints())


def test_an_unfinished_and_an_empty_run_render(make_run, opened):
    run = make_run(ticks=1, evaluations=0, grids=1, end=None)
    seen = opened(run).wait_for_charts()
    assert "unfinished" in seen.browser.find_element("tag name", "header").text
    for path in (run.metrics, run.events, *(path for _, path in run.grids())):
        path.unlink()
    seen = opened(run)
    assert "nothing has been measured yet" in seen.browser.find_element("tag name", "main").text
    assert seen.complaints() == []


def test_the_page_fits_a_phone_and_a_dark_room(make_run, opened, browser):
    on_a_phone(browser)
    seen = opened(make_run(classes=("a" * 200,))).wait_for_charts()
    assert seen.ask("document.documentElement.scrollWidth") <= PHONE["width"]
    ink = "Bokeh.documents[0].get_model_by_name('loss').below[0].major_label_text_color"
    light = seen.ask(ink)
    in_the_dark(browser)
    seen.drawn()
    assert seen.ask(ink) not in (light, None, "")


def test_a_long_run_opens_with_its_spike(make_run, opened):
    seen = opened(make_run(ticks=8_000, evaluations=1_000, grids=60, spike=5_432)).wait_for_charts()
    highest = "Math.max(...Bokeh.documents[0].get_model_by_name('loss-0').data_source.data.y)"
    assert seen.ask(highest) == 987.5
    assert seen.complaints() == []
