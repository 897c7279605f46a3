"""Numbers as a person reads them."""

from __future__ import annotations

import math
from collections.abc import Mapping


def number(value: object, digits: int = 3) -> str:
    """`0.693`, `1.2e+06`; `-` for what is missing or not finite."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return "-"
    return f"{value:.{digits}f}" if abs(value) < 10_000 else f"{value:.3g}"


def percent(share: object) -> str:
    """`81%` of a share in [0, 1]; `-` for what is missing or not finite."""
    if not isinstance(share, int | float) or not math.isfinite(share):
        return "-"
    return f"{share:.0%}"


def kimg(images: int) -> str:
    """`96.0`, thousand images; `1,024` where there are many."""
    return f"{images / 1000:.1f}" if images < 1_000_000 else f"{images / 1000:,.0f}"


def kimg_of(images: int, total: int) -> str:
    """`96.0/160.0 kimg`; `96.0 kimg` where the total is not known, 0."""
    return f"{kimg(images)}/{kimg(total)} kimg" if total else f"{kimg(images)} kimg"


def sizes(parameters: Mapping[str, int]) -> str:
    """`G 1.2 M, D 940 k parameters`; empty of nothing."""
    each = [f"{role[:1].upper()} {_short(count)}" for role, count in parameters.items()]
    return f"{', '.join(each)} parameters" if each else ""


def _short(count: int) -> str:
    """Three digits or so, as a person says them."""
    if count < 1000:
        return str(count)
    return f"{count / 1e6:.1f} M" if count >= 950_000 else f"{count / 1000:.0f} k"


def duration(seconds: float) -> str:
    """`3:07`, `1:02:45`; `-` for what is not known."""
    if not math.isfinite(seconds):
        return "-"
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
