from __future__ import annotations

import base64
import gzip
import json
import re

import numpy as np
import pytest

from ganzoo.report.page.charts import COLOURS, Chart, Interval, Line, draw, ranges, summary
from ganzoo.report.page.shell import asset
from ganzoo.report.series import Series


def line(values, name="D", **settings) -> Line:
    values = np.asarray(values, dtype=np.float64)
    return Line(name, Series(np.arange(1.0, len(values) + 1), values), COLOURS[0], **settings)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", ["#ffffff", "#14171b"])
@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_is_seen_on_the_light_and_on_the_dark_page(colour, paper):
    assert f"--paper: {paper}" in asset("page.css")
    assert contrast(colour, paper) >= 3  # WCAG 2.2, 1.4.11, for graphics


def test_a_chart_without_any_value_is_left_out():
    drawn = draw([Chart("empty", "Empty", [line([np.nan, np.nan])]), Chart("full", "Full", [line([1.0, 2.0])])])
    assert [chart["key"] for chart in drawn.charts] == ["full"]
    assert draw([]) == ([], None)


def test_single_outliers_do_not_flatten_the_rest_but_can_be_shown():
    limits, whole = ranges(Chart("loss", "Losses", [line([*np.linspace(0, 1, 500), 1000.0])]))
    assert limits[1] < 100
    assert whole[1] > 1000


def test_a_line_that_does_not_move_but_in_its_last_digits_has_an_axis_around_it():
    (low, high), _ = ranges(Chart("rates", "Rates", [line([1e-3, 1e-3 + 1e-18])]))
    assert low < 0.95e-3
    assert high > 1.05e-3


def test_an_interval_is_inside_of_the_axis():
    kimg, values = np.array([1.0, 2.0]), np.array([5.0, 6.0])
    score = Line("score", Series(kimg, values), COLOURS[0], dots=True, interval=Interval(kimg, values - 9, values + 9))
    (low, high), _ = ranges(Chart("score", "Score", [score]))
    assert low < -4
    assert high > 15


def test_a_chart_is_told_in_words():
    chart = Chart("accuracy", "How often D is right", [line([0.5, 0.9, 0.75], name="on fakes")], share=True)
    assert summary(chart) == "on fakes: from 50 % to 75 %, lowest 50 %, highest 90 %."


def test_the_document_is_json_and_holds_the_spike_of_a_long_line():
    values = np.zeros(50_000)
    values[31_415] = 27_182.0
    drawn = draw([Chart("loss", "Losses", [line(values)])])
    text = json.dumps(drawn.document)
    assert len(text) < 100_000
    files = re.findall(r'"type": "bytes", "data": "([^"]+)"', text)
    arrays = [np.frombuffer(gzip.decompress(base64.b64decode(file)), dtype=np.float32) for file in files]
    assert any(27_182.0 in array for array in arrays)
