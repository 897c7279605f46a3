"""`ganzoo show`: one part, with every setting and a line to copy."""

from __future__ import annotations

import sys
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ganzoo.registry.catalogue import Catalogue
    from ganzoo.registry.manager import Offer
    from ganzoo.registry.specs import Spec

LATER = ("Source:", "Args:", "Attributes:", "Raises:")
"""Begin what a class says after that: the source is shown already, the rest is for callers."""


def show(
    words: Annotated[list[str], typer.Argument(metavar="[KIND] NAME", help="`balance d-skip`, or `dcgan`.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show one part: its settings, and a line to copy. And where it comes from."""
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text

    found = installed()
    offer = _find(found, words)
    facts = _facts(offer, found)
    if json:
        print_json(facts)
        return
    write = sys.stdout.write
    write(plain_text(f"{offer.kind} {offer.spec.name}  ({offer.distribution})") + "\n")
    write(plain_text(f"  {offer.spec.summary}") + "\n")
    if offer.spec.source:
        write(plain_text(f"  source: {offer.spec.source}") + "\n")
    for paragraph in facts.get("about", ()):
        write("\n" + "".join(plain_text(f"  {line}") + "\n" for line in paragraph.splitlines()))
    for title in ("made of", "settings it changes", "presets"):
        if facts.get(title):
            write(f"\n{title}\n")
            for name, text in _lines(facts[title], "--preset " if title == "presets" else ""):
                write(plain_text(f"  {name} {text}".rstrip()) + "\n")
    if facts.get("settings"):
        write("\nsettings\n")
        for setting in facts["settings"]:
            bounds = f", {setting['range']}" if setting["range"] else ""
            write(plain_text(f"  {setting['name']} = {setting['default']}  ({setting['type']}{bounds})") + "\n")
            write(plain_text(f"      {setting['meaning']}") + "\n")
    write("\ncopy\n" + plain_text(f"  {facts['copy']}") + "\n")


def _find(found: Catalogue, words: list[str]) -> Offer:
    from ganzoo.cli.kinds import kind_named
    from ganzoo.errors import UsageError, nearest
    from ganzoo.registry.manager import Kind

    if len(words) == 2:
        return found.offer(kind_named(words[0]), words[1])
    if len(words) > 2:
        raise UsageError("show one part at a time", hint="ganzoo show balance d-skip")
    name = words[0]
    for kind in Kind:
        if name in found.names(kind):
            return found.offer(kind, name)
    if name in [*Kind]:
        raise UsageError(f"`{name}` is a kind of part, not the name of one", hint=f"ganzoo list {name}")
    every = {known for kind in Kind for known in found.names(kind)}
    raise UsageError(f"nothing is called `{name}`.{nearest(name, every)}", hint="`ganzoo list` shows everything")


def _facts(offer: Offer, found: Catalogue) -> dict[str, Any]:
    from ganzoo.cli.copying import line_to_copy
    from ganzoo.config.describe import settings_of
    from ganzoo.registry.specs import ArchitectureSpec, CompositionSpec, ConfiguredSpec

    spec = offer.spec
    facts: dict[str, Any] = {
        "kind": offer.kind,
        "name": spec.name,
        "summary": spec.summary,
        "source": spec.source,
        "distribution": offer.distribution,
        "copy": spec.example or line_to_copy(offer, found),
    }
    if about := _about(spec):
        facts["about"] = about
    if isinstance(spec, ConfiguredSpec):
        facts["settings"] = [setting.as_dict() for setting in settings_of(spec.config)]
    if isinstance(spec, ArchitectureSpec):
        facts["made of"] = {
            "generator": spec.generator,
            "discriminator": spec.discriminator,
            "loss": spec.loss,
        }
        facts["made of"] |= {f"method {name}": settings for name, settings in spec.method.items()}
        facts["settings it changes"] = dict(spec.settings)
        facts["presets"] = {
            name: {
                "summary": preset.summary,
                **{key: item for key, item in preset.settings.items() if spec.settings.get(key) != item},
            }
            for name, preset in spec.presets.items()
        }
    if isinstance(spec, CompositionSpec):
        facts["made of"] = {f"--balance {name}": dict(settings) for name, settings in spec.strategies.items()}
        facts["settings it changes"] = {**spec.settings, **spec.where_possible}
    return facts


def _about(spec: Spec) -> list[str]:
    """The paragraphs with which a part's class begins, up to its source: what it does, and when to use it.

    A class that is reached only by importing torch is not asked; of a data set its settings' class speaks.
    """
    import inspect

    from ganzoo.registry.specs import DatasetSpec

    speaks = spec.config if isinstance(spec, DatasetSpec) else getattr(spec, "build", None)
    text = inspect.getdoc(speaks) if inspect.isclass(speaks) else None
    paragraphs = (text or "").split("\n\n")
    return list(takewhile(lambda paragraph: not paragraph.startswith(LATER), paragraphs)) if text else []


def _lines(table: dict[str, Any], option: str) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            lines.append((f"{option}{name}:" if option else name, str(value.get("summary", ""))))
            lines += [("", f"  {key} = {_toml(item)}") for key, item in value.items() if key != "summary"]
        else:
            lines.append((name, f"= {_toml(value)}"))
    return lines


def _toml(value: object) -> str:
    """As it would stand in a configuration file."""
    import json

    return value if isinstance(value, str) else json.dumps(value, default=str)
