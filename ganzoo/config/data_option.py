"""`--data`: a data set by name, or a folder or zip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ganzoo.config.overrides import Override, parse_part
from ganzoo.errors import UsageError, close_matches, did_you_mean
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import OWN_DISTRIBUTION, Kind


def data_overrides(text: str, catalogue: Catalogue, option: str = "--data") -> Iterator[Override]:
    """What `--data TEXT` sets: a data set by name, with an argument or settings behind a colon, or a path.

    Args:
        text: what was written.
        catalogue: where data sets are looked up.
        option: that it was written behind, for messages; `--against` takes the same.

    Raises:
        UsageError: neither a data set nor something that exists.
    """
    name, colon, argument = text.partition(":")
    if name in catalogue.names(Kind.DATASET):
        spec = catalogue.find(Kind.DATASET, name, option)
        yield Override("data.source.kind", name, option)
        if colon and "=" in argument:
            for override in parse_part(text, "data", option)[1:]:
                yield Override(override.path.replace(f"data.{name}", "data.source", 1), override.value, option)
        elif colon and spec.argument:
            yield Override(f"data.source.{spec.argument}", argument, option)
        elif colon:
            raise UsageError(f"{option} {text}: `{name}` takes no argument", hint=f"`ganzoo show dataset {name}`")
        return
    readers = [
        catalogue.name_within(OWN_DISTRIBUTION, Kind.DATASET, offer.spec.name)
        for offer in catalogue.offers(Kind.DATASET)
        if getattr(offer.spec, "argument", "") == "path" and offer.distribution == OWN_DISTRIBUTION
    ]
    path = _existing(text)
    if path is not None and readers:
        yield Override("data.source.kind", readers[0], option)
        yield Override("data.source.path", str(path), option)
        return
    names = catalogue.names(Kind.DATASET)
    near = did_you_mean(close_matches(name, names) or near_path(text))
    raise UsageError(
        f"{option} {text}: no such folder or zip, and no data set of that name.{near}",
        hint=f"data sets: {', '.join(names)}  (`ganzoo list dataset`)",
    )


def near_path(text: str) -> list[str]:
    """The folders and zips that are called nearly so and lie in the same place, written as the path was.

    Args:
        text: a path to something that does not exist.
    """
    try:
        path = Path(text)
        there = {
            found.name: str(path.parent / found.name)
            for found in path.expanduser().parent.iterdir()
            if not found.name.startswith(".") and (found.is_dir() or found.suffix.lower() == ".zip")
        }
        return [there[name] for name in close_matches(path.name, there)]
    except (OSError, RuntimeError, ValueError):  # no such place either, or no path at all
        return []


def _existing(text: str) -> Path | None:
    if not text:
        return None  # to a path, nothing is the current directory; to a user, nothing
    try:
        return Path(text).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # too long, no such user's home, a NUL
        return None
