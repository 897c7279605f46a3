"""What a run cost, and what it was made with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ganzoo.report.page.model import Record, inside
from ganzoo.runs.forks import since_the_fork


def timings(record: Record) -> list[tuple[str, str]]:
    """Where the time went, as far as it is written down: seconds and shares of the whole."""
    own = clock(record)
    total = sum(own.values())
    rows = [(activity, f"{duration(seconds)} ({share(seconds, total)})") for activity, seconds in own.items()]
    if not own and record.ticks:
        rows.append(("training, as far as the ticks tell", duration(training_seconds(record))))
    if speeds := speeds_of(record):
        low, high = np.quantile(speeds, (0.1, 0.9))
        rows.append(("images a second", f"{np.median(speeds):,.0f} (mostly {low:,.0f} to {high:,.0f})"))
    counted = {"evaluations": len(record.of_kind("evaluation")), "checkpoints saved": len(record.of_kind("checkpoint"))}
    return [*rows, *((name, str(count)) for name, count in counted.items() if count)]


def clock(record: Record) -> dict[str, float]:
    """Seconds by activity, as the run noted them last; empty where it did not."""
    for event in reversed(record.of_kind("end", "note")):
        seconds = inside(inside(event, "data"), "seconds")
        if seconds:
            return {str(name): float(value) for name, value in seconds.items() if isinstance(value, int | float)}
    return {}


def training_seconds(record: Record) -> float:
    """Seconds of training alone: images over images a second, tick by tick; of a fork, its own."""
    seconds, before = 0.0, 0
    begun, _ = since_the_fork(record.events)
    for tick in record.ticks:
        speed = tick.get("images_per_s")
        if isinstance(speed, int | float) and speed > 0 and tick["step"] > begun:
            seconds += (tick["images"] - before) / speed
        before = tick["images"]
    return seconds


def surroundings(record: Record) -> list[tuple[str, str]]:
    """environment.json as rows, shortened where it lists plugins and classes."""
    rows: list[tuple[str, str]] = []
    for name, value in record.environment.items():
        if isinstance(value, Mapping):
            rows += [(f"{name}: {key}", _listed(inner)) for key, inner in value.items()]
        elif name == "plugins" and isinstance(value, list):
            rows.append((name, _listed([_plugin(one) for one in value if isinstance(one, Mapping)])))
        else:
            rows.append((str(name), _listed(value)))
    return rows


def _plugin(plugin: Mapping[str, object]) -> str:
    return f"{plugin.get('name')} ({plugin.get('distribution')} {plugin.get('version')})"


def duration(seconds: float) -> str:
    """`48 s`, `3 min 07 s`, `1 h 02 min`."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def share(part: float, whole: float) -> str:
    """`8.6 %`; 0 of nothing."""
    return f"{100 * (part / whole) if whole else 0.0:.1f} %"


def _listed(value: object, most: int = 60) -> str:
    if value is None or value == []:
        return "none"
    if not isinstance(value, list):
        return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    more = f" and {len(value) - most} more" if len(value) > most else ""
    return ", ".join(map(str, value[:most])) + more


def speeds_of(record: Record) -> list[float]:
    """Images a second, tick by tick."""
    speeds = [tick.get("images_per_s") for tick in record.ticks]
    return [float(speed) for speed in speeds if isinstance(speed, int | float) and speed > 0]
