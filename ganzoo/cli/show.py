"""`ganzoo show`: one part, with every setting and a line to copy."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ganzoo.registry.catalogue import Catalogue
    from ganzoo.registry.manager import Kind, Offer


def show(
    words: Annotated[list[str], typer.Argument(metavar="[KIND] NAME", help="`balance d-skip`, or `dcgan`.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """One part: where it comes from, its settings, a line to copy."""
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text

    offer = _find(installed(), words)
    facts = _facts(offer)
    if json:
        print_json(facts)
        return
    write = sys.stdout.write
    write(plain_text(f"{offer.kind} {offer.spec.name}  ({offer.distribution})") + "\n")
    write(plain_text(f"  {offer.spec.summary}") + "\n")
    if offer.spec.source:
        write(plain_text(f"  source: {offer.spec.source}") + "\n")
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
    every = {known for kind in Kind for known in found.names(kind)}
    raise UsageError(f"nothing is called `{name}`.{nearest(name, every)}", hint="`ganzoo list` shows everything")


def _facts(offer: Offer) -> dict[str, Any]:
    from ganzoo.config.describe import settings_of
    from ganzoo.registry.specs import ArchitectureSpec, CompositionSpec, ConfiguredSpec

    spec = offer.spec
    facts: dict[str, Any] = {
        "kind": offer.kind,
        "name": spec.name,
        "summary": spec.summary,
        "source": spec.source,
        "distribution": offer.distribution,
        "copy": _line_to_copy(offer),
    }
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


def _lines(table: dict[str, Any], option: str) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            lines.append((f"{option}{name}", str(value.get("summary", ""))))
            lines += [("", f"  {key} = {_toml(item)}") for key, item in value.items() if key != "summary"]
        else:
            lines.append((name, f"= {_toml(value)}"))
    return lines


def _toml(value: object) -> str:
    """As it would stand in a configuration file."""
    import json

    return value if isinstance(value, str) else json.dumps(value, default=str)


def _line_to_copy(offer: Offer) -> str:
    from ganzoo.config.describe import settings_of
    from ganzoo.registry.manager import Kind
    from ganzoo.registry.specs import ConfiguredSpec

    name = offer.spec.name
    settings = settings_of(offer.spec.config) if isinstance(offer.spec, ConfiguredSpec) else []
    plain = [s for s in settings if s.default not in ("none", "(needed)") and " " not in s.default]
    first = f":{plain[0].name}={plain[0].default}" if plain else ""
    set_first = f" --set {{}}.{plain[0].name}={plain[0].default}" if plain else ""
    needed = f":{name.upper()}" if any(s.default == "(needed)" for s in settings) else ""
    lines: dict[Kind, str] = {
        Kind.ARCHITECTURE: f"ganzoo run {name}",
        Kind.GENERATOR: f"ganzoo run dcgan --generator {name}{set_first.format('generator')}",
        Kind.DISCRIMINATOR: f"ganzoo run dcgan --discriminator {name}{set_first.format('discriminator')}",
        Kind.LOSS: f"ganzoo run dcgan --loss {name}",
        Kind.OPTIMIZER: f"ganzoo run dcgan --set optimizers.generator.kind={name}",
        Kind.BALANCE: f"ganzoo run dcgan --balance {name}{first}",
        Kind.COMPOSITION: f"ganzoo run dcgan --balance {name}",
        Kind.METRIC: f"ganzoo run dcgan --metric {name}{first}",
        Kind.DATASET: f"ganzoo run dcgan --data {name}{needed}",
        Kind.FEATURES: f"ganzoo run dcgan --metric fd:features={name}",
        Kind.OBSERVER: f"ganzoo run dcgan --set logging.observers.{name}={{}}",
        Kind.COMMAND: f"ganzoo {name} --help",
    }
    return lines[offer.kind]
