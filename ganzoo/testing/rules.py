"""Rules that hold for every part: it is described, and its module loads without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from ganzoo.errors import ContractError
from ganzoo.registry.specs import ConfiguredSpec, Spec

IMPORT_TIMEOUT_S = 120
NOT_THE_AUTHORS = ("ganzoo.contracts", "torch.", "builtins", "abc", "typing")
"""Modules whose classes an author extends; their docstrings say nothing of the part."""
LIST_MODULES = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(list(sys.modules)))"


class Rules:
    """The part under check; turns a broken rule into an error that names it.

    Args:
        spec: the part.
    """

    def __init__(self, spec: Spec) -> None:
        self.name = f"{type(spec).__name__.removesuffix('Spec').lower()} `{spec.name}`"

    def require(self, kept: bool, rule: str, seen: str = "") -> None:
        """Go on where the rule is kept.

        Raises:
            ContractError: it is not; names the part, the rule, and what was seen.
        """
        if not kept:
            raise ContractError(f"{self.name}: {rule}", hint=f"seen: {seen}" if seen else "")


def check_named(rules: Rules, spec: Spec) -> None:
    """Its name can be typed, and its summary is one line."""
    rules.require(
        spec.name == spec.name.strip().lower() and not set(spec.name) & set(" /:="),
        "its name is typed by users, so it is lower case without blanks, `/`, `:` and `=`",
        repr(spec.name),
    )
    rules.require(bool(spec.summary.strip()) and "\n" not in spec.summary, "its summary is one line that is not empty")


def check_documented(rules: Rules, part: object) -> None:
    """The class of what `build` gave says what it is, below its name or that of a class of the author's it extends."""
    own = [cls for cls in type(part).__mro__ if not cls.__module__.startswith(NOT_THE_AUTHORS)]
    rules.require(
        any(vars(cls).get("__doc__") for cls in own),
        f"the class `{type(part).__name__}` has a docstring: what it does, when to use it, where it comes from",
    )


def check_described(rules: Rules, spec: ConfiguredSpec[Any]) -> None:  # Any: of whatever config class
    """Name, summary and every setting say what they are; the settings' module is torch-free."""
    check_named(rules, spec)
    rules.require(bool(spec.config.__doc__), f"the settings `{spec.config.__name__}` have a docstring")
    for name, field in spec.config.model_fields.items():
        rules.require(bool(field.description), f"the setting `{name}` has a docstring below it that says what it does")
    module = spec.config.__module__
    rules.require(
        "torch" not in loaded_with(module.partition(".")[0]) | loaded_with(module),
        f"the module `{module}` loads without torch, so that listing parts is quick; import torch in `build`",
        "torch in sys.modules after importing it in a fresh process",
    )


@cache
def _modules_after_importing(module: str) -> frozenset[str]:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    done = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, module],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=IMPORT_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise ContractError(f"`{module}` cannot be imported by itself, as the plugin loader does", hint=done.stderr)
    return frozenset(json.loads(done.stdout.splitlines()[-1]))


def loaded_with(module: str) -> frozenset[str]:
    """Names of all modules a fresh process has loaded after importing `module`.

    A submodule that its package has loaded already adds nothing, and costs no process.

    Raises:
        ContractError: the import fails; the hint is its traceback.
    """
    with_package = _modules_after_importing(module.partition(".")[0])
    return with_package if module in with_package else _modules_after_importing(module)
