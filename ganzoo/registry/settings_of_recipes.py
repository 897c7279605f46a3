"""Short ways to write a recipe's settings."""

from __future__ import annotations

ROLES = ("generator", "discriminator")


def for_both(section: str = "", **settings: object) -> dict[str, object]:
    """The same settings for G and D, by dotted path.

    `for_both(width=32)` is `generator.width` and `discriminator.width`; `for_both("optimizers", kind="adam")` is
    `optimizers.generator.kind` and `optimizers.discriminator.kind`.
    """
    prefix = f"{section}." if section else ""
    return {f"{prefix}{role}.{name}": value for role in ROLES for name, value in settings.items()}


def moving(
    start: float, end: float, until_kimg: float, *, from_kimg: float = 0.0, shape: str = "cosine"
) -> dict[str, object]:
    """A `Schedule` as a setting: `start` up to `from_kimg` thousand images, then towards `end` at `until_kimg`.

    `for_both("optimizers", learning_rate=moving(1e-3, 1e-4, until_kimg=48.0))` lets both rates fall.
    """
    return {"start": start, "end": end, "from_kimg": from_kimg, "until_kimg": until_kimg, "shape": shape}
