"""A preset's schedules are made for its own length: a longer run is told when they are over."""

import pytest

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.config.schedules import note_on_schedules
from ganzoo.registry.catalogue import catalogue


def config(**optimizers: object) -> RunConfig:
    """A run whose optimisers have other settings: `generator__betas=[0, 0.9]`."""
    given = [Override(f"optimizers.{name.replace('__', '.')}", value, "the test") for name, value in optimizers.items()]
    return compose(Request(recipe="dcgan", options=given), catalogue())


def falling(until_kimg: float) -> dict[str, object]:
    return {"start": 1e-3, "end": 1e-4, "until_kimg": until_kimg}


def test_a_run_without_schedules_is_told_nothing() -> None:
    assert not list(note_on_schedules(config(), 1e6))


@pytest.mark.parametrize(("kimg", "told"), [(10.0, False), (15.0, False), (15.1, True), (500.0, True)])
def test_a_run_of_more_than_one_and_a_half_times_the_schedule_is_told_when_it_ends(kimg: float, told: bool) -> None:
    lines = list(note_on_schedules(config(generator__learning_rate=falling(10.0)), kimg))
    assert [line.startswith("schedule over at 10 of ") for line in lines] == [True] * told
    assert all("optimizers.generator.learning_rate" in line and f"of {kimg:.0f} kimg" in line for line in lines)


def test_schedules_that_end_together_share_a_line_also_those_within_a_pair() -> None:
    betas = [0.0, {"start": 0.9, "end": 0.99, "until_kimg": 10.0}]
    moving = config(
        generator__learning_rate=falling(10.0),
        discriminator__learning_rate=falling(20.0),
        generator__betas=betas,
        discriminator__betas=betas,
    )
    first, second = note_on_schedules(moving, 100.0)
    assert first.startswith("schedule over at 10 of ")
    assert "optimizers.generator.betas" in first
    assert "and 1 more" in first
    assert "over at 20 of 100 kimg" in second
    assert "optimizers.discriminator.learning_rate" in second
