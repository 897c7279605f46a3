"""When a run is ill: one rule an ailment, each with its evidence.

No rule rests on D's accuracy alone: under R1, or with a relativistic loss, a D that is right 99 % of the time still
teaches G. What tells is how sure D is, and what that costs G.

A rule decides by some signals, and names others that speak for the same: these say more, and change no verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from ganzoo.contracts.ailments import Ailment
from ganzoo.health.signals import TRENDS, Signals

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

SATURATED = 0.5
"""Share of judgements that are more than 99 % sure."""
LOPSIDED = 10.0
"""G's gradient over D's: above, D has nothing left to learn and G is pushed all the more. Near 1 in a fair fight."""
TAKEN_FOR_REAL = 0.6
"""r_t: above, a D learns its images by heart. The value at which Karras et al. 2020 hold it by augmentation."""
RISING = 0.5
"""Trend of a loss: half as much again as of late."""
FLAT = 0.05
"""Trend of a loss that goes nowhere, either way."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal that speaks for a verdict.

    Attributes:
        signal: its name.
        value: what it is.
        threshold: what it crossed.
        above: whether it lies above the threshold.
        since: the step since which it does, while the rule finds the run ill.
    """

    signal: str
    value: float
    threshold: float
    above: bool
    since: int = 0

    def as_dict(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.signal.replace('_', ' ')} {self.value:.3g} {'>' if self.above else '<'} {self.threshold:g}"


Finding = tuple[Evidence, ...]
"""The evidence for an ailment; empty: there is none."""


def diverging(signals: Signals) -> Finding:
    """A number is not finite; which loss was running away."""
    found = tuple(Evidence(name, float("nan"), float("inf"), above=True) for name in signals.not_finite)
    return _backed(found, *(_over(signals, name, RISING) for name in TRENDS))


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
    found = _all(
        _over(signals, "accuracy", NEARLY_ALWAYS),
        _under(signals, "loss_share_discriminator", SURE),
        _over(signals, "loss_share_generator", HOPELESS),
    )
    return _backed(found, _over(signals, "saturation", SATURATED), _over(signals, "gradient_norm_ratio", LOPSIDED))


def generator_overpowers(signals: Signals) -> Finding:
    """D takes most fakes for real, and knows no better than guessing."""
    return _all(_under(signals, "accuracy_fake", FOOLED), _under(signals, "loss_share_generator", 0.75))


def memorising(signals: Signals) -> Finding:
    """D knows its training images by heart: held-out ones look fake to it."""
    return _backed(_all(_over(signals, "memory", REMEMBERED)), _over(signals, "r_t", TAKEN_FOR_REAL))


def stalled(signals: Signals) -> Finding:
    """The samples no longer change; nor do the losses."""
    return _backed(_all(_under(signals, "motion", STILL)), *(_flat(signals, name) for name in TRENDS))


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


def _flat(signals: Signals, name: str) -> Evidence | None:
    value = signals[name]
    return None if value is None or abs(value) >= FLAT else Evidence(name, abs(value), FLAT, above=False)


def _backed(found: Finding, *others: Evidence | None) -> Finding:
    """What was found, with what speaks for the same; nothing where nothing was found."""
    return (*found, *(each for each in others if each is not None)) if found else ()


def _all(*evidence: Evidence | None) -> Finding:
    found = tuple(each for each in evidence if each is not None)
    return found if len(found) == len(evidence) else ()
