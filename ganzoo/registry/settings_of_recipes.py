"""Settings that a recipe gives to both networks."""

from __future__ import annotations

ROLES = ("generator", "discriminator")


def for_both(section: str = "", **settings: object) -> dict[str, object]:
    """The same settings for G and D, by dotted path.

    `for_both(width=32)` is `generator.width` and `discriminator.width`; `for_both("optimizers", kind="adam")` is
    `optimizers.generator.kind` and `optimizers.discriminator.kind`.
    """
    prefix = f"{section}." if section else ""
    return {f"{prefix}{role}.{name}": value for role in ROLES for name, value in settings.items()}
