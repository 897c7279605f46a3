"""Names that are imported when they are first used, so that `ganzoo --help` never waits for torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazy_exports(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """A module-level `__getattr__` (PEP 562) that finds each public name in its submodule.

    Args:
        package: the package's `__name__`.
        modules: submodule -> the names it gives to the package.
    """
    home = {name: module for module, names in modules.items() for name in names}

    def __getattr__(name: str) -> object:  # noqa: N807 - the hook's own name
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return __getattr__
