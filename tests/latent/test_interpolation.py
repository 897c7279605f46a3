import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.errors import UsageError
from ganzoo.latent.interpolation import spherical, walk

seeds = st.integers(0, 2**31)
shares = st.floats(0, 1)


def latents(seed: int, count: int = 3, dim: int = 16) -> torch.Tensor:
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(seeds, seeds)
def test_an_arc_begins_and_ends_at_its_ends(first, second):
    start, end = latents(first), latents(second)
    torch.testing.assert_close(spherical(start, end, 0.0), start)
    torch.testing.assert_close(spherical(start, end, 1.0), end)


@given(seeds, seeds, shares)
def test_an_arc_between_latents_of_one_length_keeps_the_length(first, second, share):
    start, end = (4 * some / some.norm(dim=1, keepdim=True) for some in (latents(first), latents(second)))
    torch.testing.assert_close(spherical(start, end, share).norm(dim=1), torch.full((3,), 4.0, dtype=torch.float64))


@given(seeds, seeds, shares)
def test_there_and_back_are_the_same_way(first, second, share):
    start, end = latents(first), latents(second)
    torch.testing.assert_close(spherical(start, end, share), spherical(end, start, 1 - share))


def test_a_quarter_of_a_right_angle_is_half_of_forty_five_degrees():
    start, end = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    expected = torch.tensor([[math.cos(math.pi / 8), math.sin(math.pi / 8)]])
    torch.testing.assert_close(spherical(start, end, 0.25), expected)


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0, 0.0])
def test_where_no_arc_is_defined_the_way_is_a_line(factor):
    start = latents(0)
    torch.testing.assert_close(spherical(start, factor * start, 0.25), (0.75 + 0.25 * factor) * start)


def test_a_closed_walk_is_at_a_waypoint_every_so_many_frames_and_has_no_seam():
    stops = torch.stack([latents(seed) for seed in range(3)])
    steps = walk(stops, 8)
    assert steps.shape == (24, 3, 16)
    torch.testing.assert_close(steps[::8], stops)
    gaps = (steps.roll(-1, dims=0) - steps).norm(dim=2)
    assert float(gaps.max()) < 2 * float(gaps.mean())  # the step from the last frame to the first is like any other


def test_an_open_walk_ends_at_the_last_waypoint():
    stops = torch.stack([latents(seed) for seed in range(3)])
    steps = walk(stops, 8, closed=False)
    assert len(steps) == 17
    torch.testing.assert_close(steps[-1], stops[-1])


def test_a_walk_to_nowhere_is_refused():
    with pytest.raises(UsageError, match="two waypoints"):
        walk(torch.zeros(1, 2, 3), 4)
