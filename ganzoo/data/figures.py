"""An inspection in figures: plain values, for a table or JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from ganzoo.data.contents import Skipped
from ganzoo.data.inspection import Inspection
from ganzoo.data.look import Look

EXAMPLES = 3
SHORT_SIDES = (32, 64, 128, 256, 512, 1024)
"""Borders of the size groups: what networks are made for."""
SQUARE = 0.02
"""Sides that differ by less count as equal."""
EXTREME = 3.0
"""Long side over short side: above, a crop loses most of the image."""


def figures(found: Inspection, fail_above: float) -> dict[str, Any]:
    """Everything, as JSON holds it. Names are as they are on disk: escape them where they are shown.

    Args:
        found: by `inspect`.
        fail_above: the share of bad files that is still right.
    """
    looks = list(found.images.values())
    return {
        "path": str(found.path),
        "ok": not found.problems(fail_above),
        "problems": found.problems(fail_above),
        "images": len(looks),
        "left_out": len(found.left_out),
        "bad_share": round(found.share_bad, 6),
        "fail_above": fail_above,
        "reasons": reasons(found.left_out),
        "duplicates": duplicates(found.images),
        "sizes": sizes(looks),
        "modes": dict(Counter(look.mode for look in looks).most_common()),
        "formats": dict(Counter(look.format for look in looks).most_common()),
        "transparent": sum(look.transparent for look in looks),
        "animated": sum(look.animated for look in looks),
        "rotated": sum(look.rotated for look in looks),
        "wrong_endings": some([name for name, look in found.images.items() if not look.ending_fits]),
        "classes": None if found.classes is None else classes(found.classes),
        "labels": {
            "missing_files": some(found.missing),
            "without_label": some(found.unlabelled),
            "two_labels": some(found.disputed),
        },
        "notes": list(found.notes),
    }


def some(names: Sequence[str]) -> dict[str, Any]:
    """How many, and a few of them."""
    return {"count": len(names), "examples": list(names[:EXAMPLES])}


def reasons(left_out: Iterable[Skipped]) -> dict[str, Any]:
    """Reason -> files, the most frequent first. What differs from file to file follows the reason's colon."""
    groups: dict[str, list[Skipped]] = defaultdict(list)
    for skipped in left_out:
        groups[skipped.reason.partition(":")[0]].append(skipped)
    return {
        reason: some([_with_detail(skipped) for skipped in group])
        for reason, group in sorted(groups.items(), key=lambda item: -len(item[1]))
    }


def _with_detail(skipped: Skipped) -> str:
    _, colon, detail = skipped.reason.partition(":")
    return f"{skipped.name} ({detail.strip()})" if colon else skipped.name


def duplicates(images: dict[str, Look]) -> dict[str, Any]:
    """Files with the same bytes: groups, files that could go, and a few groups."""
    same: dict[str, list[str]] = defaultdict(list)
    for name, look in images.items():
        same[look.digest].append(name)
    groups = [names for names in same.values() if len(names) > 1]
    return {
        "groups": len(groups),
        "files_too_many": sum(len(names) - 1 for names in groups),
        "examples": [names[:EXAMPLES] for names in sorted(groups, key=len, reverse=True)[:EXAMPLES]],
    }


def sizes(looks: Sequence[Look]) -> dict[str, Any] | None:
    """Width, height, short sides by group, and shapes; None without images."""
    if not looks:
        return None
    by_area = sorted(looks, key=lambda look: look.width * look.height)
    short = [min(look.width, look.height) for look in looks]
    return {
        "smallest": [by_area[0].width, by_area[0].height],
        "largest": [by_area[-1].width, by_area[-1].height],
        "median_short_side": median(short),
        "short_sides": {words: count for words, count in _grouped(short) if count},
        "different": len({(look.width, look.height) for look in looks}),
        "shapes": dict(Counter(map(shape_of, looks)).most_common()),
        "aspect_ratio": {
            "least": round(min(look.width / look.height for look in looks), 3),
            "median": round(median(look.width / look.height for look in looks), 3),
            "most": round(max(look.width / look.height for look in looks), 3),
        },
    }


def _grouped(short: Sequence[int]) -> Iterable[tuple[str, int]]:
    lower = 0
    for border in SHORT_SIDES:
        yield f"{lower} to {border - 1} px" if lower else f"under {border} px", sum(lower <= s < border for s in short)
        lower = border
    yield f"{lower} px and more", sum(s >= lower for s in short)


def shape_of(look: Look) -> str:
    """A word for the aspect ratio."""
    long, short = max(look.width, look.height), min(look.width, look.height)
    if long / short > EXTREME:
        return "very long"
    if long - short <= SQUARE * long:
        return "square"
    return "landscape" if look.width > look.height else "portrait"


def classes(counts: dict[str, int]) -> dict[str, Any]:
    """Images a class, the largest first, and the classes too small to learn from."""
    ordered = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    there = [count for count in ordered.values() if count]
    return {
        "count": len(ordered),
        "images": ordered,
        "largest_over_smallest": round(max(there) / min(there), 2) if there else None,
        "with_one_image": [name for name, count in ordered.items() if count == 1],
        "without_images": [name for name, count in ordered.items() if count == 0],
    }
