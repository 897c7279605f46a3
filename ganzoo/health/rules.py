"""When a run is ill: one rule an ailment, each with its evidence.

No rule rests on D's accuracy alone: under R1, or with a relativistic loss, a D that is right 99 % of the time still
teaches G. What tells is how sure D is, and what that costs G.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ganzoo.contracts.ailments import Ailment
from ganzoo.health.signals import Signals

SURE = 0.25
"""D's loss over that of guessing: below, D is sure of what it says."""
NEARLY_ALWAYS = 0.95
"""Share of images D is right about."""
HOPELESS = 3.5
"""G's loss over that of guessing: above, nearly all fakes are judged worthless."""
FOOLED = 0.35
"""Share of fakes D is right about: below, D is worse than guessing."""
ALIKE = 0.15
"""Samples' dissimilarity over the reals': below, they are one image. A young generator's are at 0.2 to 0.5."""
REPEATED = 0.5
"""Share of samples with a near twin."""
REMEMBERED = 0.8
"""r_v: at 1, D takes real images it was not shown for fakes."""
STILL = 0.002
"""Share of the pixel range by which samples changed between two grids."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal that speaks for a verdict.

    Attributes:
        signal: its name.
        value: what it is.
        threshold: what it crossed.
        above: whether it lies above the threshold.
    """

    signal: str
    value: float
    threshold: float
    above: bool

    def __str__(self) -> str:
        return f"{self.signal.replace('_', ' ')} {self.value:.3g} {'>' if self.above else '<'} {self.threshold:g}"


Finding = tuple[Evidence, ...]
"""The evidence for an ailment; empty: there is none."""


def diverging(signals: Signals) -> Finding:
    """A number is not finite."""
    return tuple(Evidence(name, float("nan"), float("inf"), above=True) for name in signals.not_finite)


def mode_collapse(signals: Signals) -> Finding:
    """Samples are alike, measured by how alike the real images are, or have twins."""
    alike, of_reals = signals["similarity"], signals["similarity_of_reals"]
    if alike is not None and of_reals is not None and of_reals < 1:
        share = (1 - alike) / (1 - of_reals)
        if share < ALIKE:
            return (Evidence("dissimilarity_over_that_of_reals", share, ALIKE, above=False),)
    return _all(_over(signals, "repeats", REPEATED))


def discriminator_overpowers(signals: Signals) -> Finding:
    """D is nearly always right, sure of it, and G's fakes are worth nothing to it."""
    return _all(
        _over(signals, "accuracy", NEARLY_ALWAYS),
        _under(signals, "loss_share_discriminator", SURE),
        _over(signals, "loss_share_generator", HOPELESS),
    )


def generator_overpowers(signals: Signals) -> Finding:
    """D takes most fakes for real, and knows no better than guessing."""
    return _all(_under(signals, "accuracy_fake", FOOLED), _under(signals, "loss_share_generator", 0.75))


def memorising(signals: Signals) -> Finding:
    """D knows its training images by heart: held-out ones look fake to it."""
    return _all(_over(signals, "memory", REMEMBERED))


def stalled(signals: Signals) -> Finding:
    """The samples no longer change."""
    return _all(_under(signals, "motion", STILL))


RULES: tuple[tuple[Ailment, Callable[[Signals], Finding]], ...] = (
    (Ailment.DIVERGING, diverging),
    (Ailment.MODE_COLLAPSE, mode_collapse),
    (Ailment.DISCRIMINATOR_OVERPOWERS, discriminator_overpowers),
    (Ailment.GENERATOR_OVERPOWERS, generator_overpowers),
    (Ailment.MEMORISING, memorising),
    (Ailment.STALLED, stalled),
)
"""The gravest first: the first that finds evidence is the verdict."""


def _over(signals: Signals, name: str, threshold: float) -> Evidence | None:
    value = signals[name]
    return Evidence(name, value, threshold, above=True) if value is not None and value > threshold else None


def _under(signals: Signals, name: str, threshold: float) -> Evidence | None:
    value = signals[name]
    return Evidence(name, value, threshold, above=False) if value is not None and value < threshold else None


def _all(*evidence: Evidence | None) -> Finding:
    found = tuple(each for each in evidence if each is not None)
    return found if len(found) == len(evidence) else ()
