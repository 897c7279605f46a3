from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganzoo.report import draw_curves
from ganzoo.report.curves import BLUE, MAX_SCORES, panels
from ganzoo.report.series import smoothed, tick_series, visible_range

NAMES = (
    "loss_discriminator",
    "loss_generator",
    "accuracy_real",
    "accuracy_fake",
    "skip_rate_discriminator",
    "skip_rate_generator",
)


def ticks(count: int) -> list[dict[str, object]]:
    return [{"step": 25 * i, "images": 1600 * i, "values": dict.fromkeys(NAMES, 0.5 + 0.01 * i)} for i in range(count)]


def evaluation(images: int, **scores: float | None) -> dict[str, object]:
    return {"step": 1, "kind": "evaluation", "data": {"images": images, "scores": scores}}


def has_colour(path: Path, colour: str) -> bool:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    picture = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return bool((np.abs(picture - (red, green, blue)).sum(axis=2) < 6).any())


def test_curves_are_a_thousand_pixels_wide_and_hold_a_panel_a_score(tmp_path: Path) -> None:
    draw_curves(ticks(40), [evaluation(32000, kd=3.1), evaluation(64000, kd=2.0)], tmp_path / "c.png", "a run")
    draw_curves(ticks(40), [], tmp_path / "none.png", "a run")
    with_score, without = Image.open(tmp_path / "c.png"), Image.open(tmp_path / "none.png")
    assert with_score.width == without.width == 1000
    assert with_score.height > without.height
    assert has_colour(tmp_path / "c.png", BLUE)


@pytest.mark.parametrize(
    "records",
    [
        [],
        ticks(1),
        [{"step": 1, "images": 64, "values": {}}],
        [{"step": 1}],
        [{"images": 64, "values": {"loss_generator": None, "accuracy_real": math.nan}}],
        [{"images": 64 * i, "values": {"loss_generator": [math.inf, -math.inf, 1e300, 0.5][i]}} for i in range(4)],
        [{"images": 64, "values": {"loss_generator": 10**400}}],
    ],
)
def test_whatever_is_missing_or_not_finite_curves_are_drawn(tmp_path: Path, records: list[dict[str, object]]) -> None:
    scores = [evaluation(64, kd=math.nan), evaluation(128, kd=None), {"kind": "evaluation", "data": {}}]
    draw_curves(records, scores, tmp_path / "curves.png", "a run")
    assert Image.open(tmp_path / "curves.png").width == 1000


def test_one_tick_is_seen_as_a_dot(tmp_path: Path) -> None:
    draw_curves([{"images": 640, "values": {"loss_discriminator": 0.7}}], [], tmp_path / "one.png", "")
    # the legend too is blue: without it only a dot is left
    picture = Image.open(tmp_path / "one.png")
    picture.crop((60, 70, 1000, picture.height)).save(tmp_path / "cut.png")
    assert has_colour(tmp_path / "cut.png", BLUE)


@pytest.mark.parametrize("title", ["costs $5 or $6", "$\\frac{$", "$x^2$", "顔", "a\nb", "x" * 500])
def test_any_title_is_shown_as_text(tmp_path: Path, title: str) -> None:
    draw_curves(ticks(3), [evaluation(1000, **{title: 1.0})], tmp_path / "curves.png", title)
    assert Image.open(tmp_path / "curves.png").width == 1000


def test_a_broken_formula_in_a_title_looks_otherwise_than_the_formula(tmp_path: Path) -> None:
    for name, title in (("formula.png", "$x^2$"), ("letters.png", "x2")):
        draw_curves([], [], tmp_path / name, title)
    widths = [ink_width(tmp_path / name) for name in ("formula.png", "letters.png")]
    assert widths[0] > 2 * widths[1]


def ink_width(path: Path) -> int:
    dark = np.asarray(Image.open(path).convert("L"))[:35] < 128
    columns = np.flatnonzero(dark.any(axis=0))
    return int(columns[-1] - columns[0])


def test_a_users_style_and_pyplot_are_left_alone(tmp_path: Path) -> None:
    code = (
        "import sys, matplotlib; from pathlib import Path; matplotlib.rcParams['lines.linewidth'] = 40\n"
        "from ganzoo.report import draw_curves; draw_curves([], [], Path(sys.argv[1]), 'x')\n"
        "assert matplotlib.rcParams['lines.linewidth'] == 40; assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "c.png")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_curves(ticks(5), [], tmp_path / name, "a run")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_drawing_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "curves.png"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        draw_curves([], [], path, "a run")
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_scores_get_panels_in_the_order_they_appear_and_not_too_many() -> None:
    scores = {f"score{index}": 1.0 for index in range(MAX_SCORES + 2)}
    stack = list(panels([], [evaluation(1000, **scores)]))
    assert [panel.title for panel in stack[3:]] == [f"Score: score{index}" for index in range(MAX_SCORES)]


def test_a_value_that_is_not_finite_is_a_gap() -> None:
    series = tick_series([{"images": 1000 * i, "values": {"a": v}} for i, v in enumerate([1, None, 3])], "a")
    np.testing.assert_array_equal(series.kimg, [0, 1, 2])
    np.testing.assert_array_equal(series.values, [1, math.nan, 3])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_smoothed_values_stay_within_the_values(values: list[float]) -> None:
    average = smoothed(np.array(values))
    margin = 1e-6 * max(1.0, *map(abs, values))
    assert average.min() >= min(values) - margin
    assert average.max() <= max(values) + margin


def test_smoothing_passes_over_gaps() -> None:
    values = np.full(90, 2.0)
    values[40:50] = math.nan
    average = smoothed(values)
    assert np.isnan(average[40:50]).all()
    np.testing.assert_allclose(average[~np.isnan(values)], 2.0)


def test_a_single_outlier_does_not_flatten_a_panel() -> None:
    values = np.full(1000, 1.0) + np.linspace(0, 0.1, 1000)
    values[500] = 1000.0
    limits = visible_range([values])
    assert limits is not None
    assert limits[1] < 100
    assert limits[0] < 1.0


def test_equal_values_still_get_a_range() -> None:
    limits = visible_range([np.full(5, 3.0)])
    assert limits is not None
    assert limits[0] < 3.0 < limits[1]
