"""All settings a sweep may try: which axes stand where, and the configuration of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from ganzoo.config.compose import Request, compose
from ganzoo.config.layers import chooses
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.config.tables import flatten
from ganzoo.contracts.record import NONE
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.sweeping.vary import OPTION, WHOLE, Axis, Plain, Range

Setting = Mapping[str, Plain]
"""One value an axis, of the axes that stand in it: `{"balance": "d-skip", "balance.d-skip.threshold": 0.8}`."""
LARGEST = 10_000
"""Settings of a grid. Each is checked before the first is tried."""


class Space:
    """Axes over a request.

    An axis of a part's setting stands only where the part is chosen: with `balance=none,d-skip` beside
    `balance.d-skip.threshold=0.6,0.7` there are three settings, not four.

    Args:
        base: what all settings have in common.
        axes: what varies.
        catalogue: where parts are looked up.

    Raises:
        UsageError: an axis twice.
    """

    def __init__(self, base: Request, axes: Sequence[Axis], catalogue: Catalogue) -> None:
        names = [axis.name for axis in axes]
        for name in names:
            if names.count(name) > 1:
                raise UsageError(f"{OPTION} {name}: given twice", hint="all its values belong to one --vary")
        self.base = base
        self.axes = tuple(axes)
        self._catalogue = catalogue
        self._paths: dict[tuple[Plain, ...], frozenset[str]] = {}

    @property
    def has_ranges(self) -> bool:
        """No grid covers it."""
        return any(isinstance(axis.domain, Range) for axis in self.axes)

    @property
    def choosing(self) -> list[Axis]:
        """Axes that decide which settings there are; drawn first."""
        return [axis for axis in self.axes if _chooses(axis)]

    def standing(self, chosen: Setting) -> list[Axis]:
        """The other axes that stand where the choosing ones have these values."""
        return [axis for axis in self.axes if not _chooses(axis) and self._stands(axis, chosen)]

    def grid(self) -> list[Setting]:
        """Every setting, each once.

        Raises:
            UsageError: a range, or more than `LARGEST` settings.
        """
        found: list[Setting] = []
        for chosen in _product(self.choosing):
            for rest in _product(self.standing(chosen)):
                found.append(
                    {axis.name: {**chosen, **rest}[axis.name] for axis in self.axes if axis.name in {**chosen, **rest}}
                )
                if len(found) > LARGEST:
                    raise UsageError(f"the grid has over {LARGEST:,} settings", hint="search in it: --sampler tpe")
        return found

    def examples(self) -> list[Setting]:
        """Settings in which every value, and both ends of every range, occur."""
        found: list[Setting] = []
        for chosen in _product(self.choosing):
            axes = self.standing(chosen)
            first = {**chosen, **{axis.name: axis.samples[0] for axis in axes}}
            found.append(first)
            found += [{**first, axis.name: value} for axis in axes for value in axis.samples[1:]]
        return found

    def request(self, setting: Setting, seed: int | None) -> Request:
        """What a run of the setting asks for.

        Args:
            setting: one value an axis.
            seed: the repeat's; None: as the base has it.
        """
        request = self.base
        overrides = [*request.options]
        for axis in self.axes:
            if axis.name not in setting:
                continue
            value = axis.value(setting[axis.name])
            if axis.name == "balance":
                added = () if value == NONE and request.balance else str(value).split("+")
                request = replace(request, balance=(*request.balance, *added))
            elif axis.name == "data":
                request = replace(request, data=str(value))
            elif axis.name == "preset":
                request = replace(request, preset=str(value))
            elif axis.name == "recipe":
                request = replace(request, recipe=str(value))
            else:
                overrides.append(Override(axis.name, value, OPTION))
        if seed is not None:
            overrides.append(Override("training.seed", seed, "--seeds"))
        return replace(request, options=overrides)

    def config(self, setting: Setting, seed: int | None = None) -> RunConfig:
        """The run's configuration, complete and checked.

        Raises:
            UsageError: it cannot be; the message names the setting.
        """
        return compose(self.request(setting, seed), self._catalogue)

    def check(self, settings: Iterable[Setting]) -> None:
        """Compose each.

        Raises:
            UsageError: for the first that cannot be, with the values it has.
        """
        for setting in settings:
            try:
                self.config(setting)
            except UsageError as error:
                values = ", ".join(f"{name}={value}" for name, value in setting.items())
                hint = [*error.hint.splitlines(), *([f"in the setting {values}"] if len(self.axes) > 1 else [])]
                raise UsageError(error.message, hint="\n".join(hint)) from error

    @cached_property
    def _chosen(self) -> list[Setting]:
        return list(_product(self.choosing))

    def _stands(self, axis: Axis, chosen: Setting) -> bool:
        if axis.name in self._paths_of(chosen):
            return True
        # A setting of no part that was chosen: the configuration says what is wrong with it, if anything is.
        return not any(axis.name in self._paths_of(other) for other in self._chosen)

    def _paths_of(self, chosen: Setting) -> frozenset[str]:
        key = tuple(chosen.values())
        if key not in self._paths:
            try:
                table = self.config(chosen).plain()
            except UsageError:  # other axes may complete it, or `check` says what is wrong
                table = {}
            self._paths[key] = frozenset(path for path, _ in flatten(table))
        return self._paths[key]


def _chooses(axis: Axis) -> bool:
    return axis.name in WHOLE or chooses(axis.name)


def _product(axes: Sequence[Axis]) -> Iterator[dict[str, Plain]]:
    for axis in axes:
        if isinstance(axis.domain, Range):
            raise UsageError(f"{OPTION} {axis.name}: a grid has no ranges", hint="list its values, or --sampler tpe")
    names = [axis.name for axis in axes]
    for values in itertools.product(*(axis.samples for axis in axes)):
        yield dict(zip(names, values, strict=True))
