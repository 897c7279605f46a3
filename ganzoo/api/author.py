"""What the author of a plugin begins with."""

from __future__ import annotations

from pathlib import Path

from ganzoo.registry.catalogue import catalogue


def new(kind: str, name: str, *, folder: str | Path | None = None) -> Path:
    """Begin a plugin: a complete package whose part works as it is, to be changed into one's own.

    Args:
        kind: strategy, loss, metric, architecture, dataset or observer.
        name: of the part, `gap-gate`: small letters, digits and hyphens.
        folder: where, new or empty; by default `ganzoo-NAME` in the current directory.

    Returns:
        The folder that was written: pyproject.toml, a README, the package, and its tests.

    Raises:
        UsageError: no such kind, a name that cannot be one or is taken, or a folder that holds something.
    """
    from ganzoo.scaffolding.package import write_package

    return write_package(kind, name, None if folder is None else Path(folder), catalogue())
