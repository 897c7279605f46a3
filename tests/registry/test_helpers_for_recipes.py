"""What architectures share: shapes they can make, widths of their stages, labels, settings for both networks."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganzoo.contracts import ImageShape
from ganzoo.plugin import (
    Schedule,
    UsageError,
    check_image_shape,
    doubling_widths,
    for_both,
    halvings,
    joined_by_label,
    moving,
)


@given(st.integers(1, 12), st.integers(1, 64), st.integers(1, 64))
def test_widths_double_inwards_up_to_the_growth(stages: int, width: int, growth: int) -> None:
    widths = doubling_widths(stages, width, growth)
    assert widths[0] == width
    assert len(widths) == stages
    assert all(after == min(2 * before, growth * width) for before, after in pairwise(widths))


@given(st.integers(0, 8), st.integers(0, 8))
def test_halvings_lead_from_the_size_to_the_coarsest(times: int, power: int) -> None:
    assert halvings(2 ** (times + power), 2**power) == times


@given(st.integers(1, 1024))
def test_a_size_is_a_power_of_two_in_range_or_refused_with_one_that_is(size: int) -> None:
    valid = [8, 16, 32, 64, 128]
    try:
        check_image_shape("it", ImageShape(size, 3), 8, 128)
    except UsageError as error:
        assert size not in valid
        nearest = int(error.hint.split()[-1].strip("`"))
        assert nearest in valid
        assert abs(nearest - size) == min(abs(known - size) for known in valid)
    else:
        assert size in valid


def test_channels_other_than_1_3_4_are_refused() -> None:
    with pytest.raises(UsageError, match="2 channels") as caught:
        check_image_shape("it", ImageShape(32, 2), 8, 128)
    assert "data.channels=1" in caught.value.hint


def test_settings_for_both_networks_are_written_once() -> None:
    assert for_both(width=3) == {"generator.width": 3, "discriminator.width": 3}
    assert for_both("optimizers", kind="adam") == {
        "optimizers.generator.kind": "adam",
        "optimizers.discriminator.kind": "adam",
    }


def test_a_value_that_moves_is_a_schedule_of_plain_data() -> None:
    setting = moving(1e-3, 0.0, until_kimg=48.0, from_kimg=24.0)
    assert Schedule.model_validate(setting) == Schedule(start=1e-3, end=0.0, from_kimg=24.0, until_kimg=48.0)
    assert Schedule.model_validate(moving(0.0, 2.0, until_kimg=1.0, shape="linear")).at(0.5) == 1.0


def test_a_label_stands_beside_the_latents_as_one_hot_numbers() -> None:
    latents = torch.zeros(2, 3, dtype=torch.float64)
    joined = joined_by_label(latents, torch.tensor([1, 0]), 2)
    assert joined.tolist() == [[0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]
    assert joined.dtype == latents.dtype
    assert joined_by_label(latents, None, None) is latents
    with pytest.raises(UsageError, match="works with 2 labels and was given none"):
        joined_by_label(latents, None, 2)
