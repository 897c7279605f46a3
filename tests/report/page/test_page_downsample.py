from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ganzoo.report.page.downsample import extremes

LINES = arrays(
    np.float64, st.integers(1, 400), elements=st.floats(-1e6, 1e6) | st.sampled_from([np.nan, np.inf, -np.inf])
)


@given(LINES, st.integers(1, 30))
def test_the_largest_and_the_smallest_value_survive_and_the_line_stays_in_order(values, buckets):
    kept = extremes(values, buckets)
    assert (np.diff(kept) > 0).all()
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
    assert len(kept) <= max(2 * buckets + 2, 1)
    known = values[np.isfinite(values)]
    if known.size:
        shown = values[kept][np.isfinite(values[kept])]
        assert shown.min() == known.min()
        assert shown.max() == known.max()


@given(LINES, st.integers(1, 30), st.data())
def test_a_spike_anywhere_is_kept_whatever_is_around_it(values, buckets, data):
    place = data.draw(st.integers(0, len(values) - 1))
    values[place] = 1e9
    assert place in extremes(values, buckets)


def test_a_short_line_is_kept_whole():
    assert list(extremes(np.zeros(12), buckets=5)) == list(range(12))


def test_a_long_gap_stays_a_gap():
    values = np.r_[np.zeros(100), np.full(100, np.nan), np.zeros(100)]
    assert np.isnan(values[extremes(values, buckets=10)]).any()
