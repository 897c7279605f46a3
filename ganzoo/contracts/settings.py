"""What a strategy sees of the run's configuration when it is asked for changes before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ganzoo.errors import UsageError, nearest


class Settings:
    """The whole configuration, read by dotted path: `settings["generator.width"]`.

    Raises:
        UsageError: no such setting in this run; the message names the nearest one.
    """

    def __init__(self, values: Mapping[str, object], asked_by: str = "a strategy") -> None:
        self._values = dict(values)
        self._asked_by = asked_by

    def __getitem__(self, path: str) -> object:
        if path not in self._values:
            section = path.rsplit(".", 1)[0]
            siblings = [name for name in self._values if name.startswith(f"{section}.")]
            raise UsageError(
                f"{self._asked_by} wants to change `{path}`, which this run does not have."
                f"{nearest(path, self._values)}",
                hint=f"settings of `{section}` here: {', '.join(siblings)}" if siblings else "",
            )
        return self._values[path]

    def __contains__(self, path: str) -> bool:
        return path in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def number(self, path: str) -> float:
        """The setting as a number.

        Raises:
            UsageError: the setting is missing, or is no plain number (a schedule, say).
        """
        value = self[path]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{self._asked_by} needs `{path}` to be a plain number; it is {value!r}")
        return value
