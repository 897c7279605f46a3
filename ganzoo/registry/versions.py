"""Was a plugin built for these contracts? Asked before it is imported: a newer one may import what is not here."""

from __future__ import annotations

import ast
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint
from importlib.util import find_spec

from ganzoo.contracts.version import VERSION, ContractsVersion, contracts_version
from ganzoo.errors import ContractError

DECLARATION = "GANZOO_CONTRACTS"
"""What a plugin's module says of itself, in plain sight: `GANZOO_CONTRACTS = "1.0"`."""
FIRST = ContractsVersion(1, 0)
"""What a plugin that declares nothing is taken for."""


def current() -> ContractsVersion:
    """Of the contracts here."""
    version = contracts_version(VERSION)
    assert version is not None
    return version


def built_for(entry: EntryPoint) -> ContractsVersion:
    """The version that the plugin's module declares; the first one where it declares none.

    Raises:
        ContractError: what it declares is no version.
    """
    text = declared(source_of(entry.module))
    if text is None:
        return FIRST
    version = contracts_version(text)
    if version is None:
        raise ContractError(f'{DECLARATION} is "major.minor", as in {DECLARATION} = "{VERSION}"; it is {text!r:.40}')
    return version


def require_not_newer(version: ContractsVersion) -> None:
    """Nothing, where these contracts are at least that version.

    Raises:
        ContractError: they are older than the plugin.
    """
    if version > current():
        raise ContractError(
            f"built for version {version} of ganzoo's contracts, and this ganzoo has {VERSION}: "
            "update ganzoo, or install an older version of the plugin"
        )


def warning_if_older(version: ContractsVersion) -> str:
    """What the user should know of a plugin built for contracts that have changed since; "" where all is well.

    An older minor version needs no word: what was added since has neutral defaults.
    """
    if version.major == current().major:
        return ""
    return (
        f"was built for version {version} of ganzoo's contracts; this is {VERSION}, and parts of it may fail when used"
    )


def declared(source: str | None) -> str | None:
    """The string that is assigned to `GANZOO_CONTRACTS` at the top level of a module's text; None: none is."""
    if source is None or DECLARATION not in source:
        return None
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):  # its import will say so, with the line
        return None
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)) if name == DECLARATION:
                return str(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value)) if name == DECLARATION:
                return str(value)
    return None


def source_of(module: str) -> str | None:
    """The text of a module, without running any of it or of its packages; None where there is none to read."""
    package, *inner = module.split(".")
    try:
        found = find_spec(package)
    except ValueError:  # a module that was made, not found
        return None
    for name in inner:  # `find_spec` of a dotted name would import its packages
        package = f"{package}.{name}"
        found = PathFinder.find_spec(package, found.submodule_search_locations) if found else None
    reader = getattr(found.loader, "get_source", None) if found else None  # not every loader has a text to give
    try:
        return reader(module) if reader else None
    except (ImportError, OSError, UnicodeDecodeError, SyntaxError):  # its import will say so
        return None
