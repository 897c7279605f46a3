"""Configuration files nobody should trust, for `hostile_configs(folder, good, canary)`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hostile_bytes import Case, damaged, payloads


def hostile_configs(folder: Path, good: str, canary: Path) -> list[Case]:
    """Write them.

    Args:
        good: the text of a run's config.toml, to damage.
    """
    folder.mkdir()
    cases = []
    texts = [*_toml(), *_yaml(canary)]
    texts += [(f"{what}.toml", data) for what, data in damaged(good.encode(), 2, cuts=6, flips=24)]
    texts += [(f"{what}.{ending}", data) for what, data in payloads(canary).items() for ending in ("toml", "yaml")]
    for number, (name, data) in enumerate(texts):
        path = folder / f"{number:03d}.{name.rpartition('.')[2]}"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        cases.append(Case("config", name, path))
    return cases


def _toml() -> Iterator[tuple[str, str | bytes]]:
    start = 'recipe = "dcgan"\n'
    yield "empty.toml", b""
    yield "no text.toml", b"\xff\xfe\0"
    yield "large.toml", "#" * 1_000_001
    for depth in (50, 200, 500, 2000):
        yield f"lists {depth} deep.toml", f"{start}x = {'[' * depth}{']' * depth}"
        yield f"tables {depth} deep.toml", f"{start}x = {'{a = ' * depth}1{'}' * depth}"
        yield f"names {depth} deep.toml", f"{start}[{'.'.join('a' * depth)}]\nx = 1"
        yield f"data {depth} deep.toml", f"{start}data.source.path = {'[' * depth}{']' * depth}"
    for number in ("9" * 4000, "9" * 5000, "1e999", "-1e999", "nan", "1e308", "-1", str(2**63), "0x" + "f" * 4000):
        yield f"number {number[:9]}.toml", f"{start}training.epochs = {number}"
        yield f"whole {number[:9]}.toml", f"{start}training.steps = {number}"
        yield f"size {number[:9]}.toml", f"{start}data.image_size = {number}\n[data.source]\npath = {number}"
    yield "a key twice.toml", f"{start}{start}"
    yield "a class.toml", f'{start}generator.kind = "os.system"'
    yield "markup.toml", f'{start}"[red]\\u001b]0;owned\\u0007<script>" = "\\u009b2J\\u202e"'
    yield "markup in a value.toml", f'{start}training.device = "\\u001b[2J[/red]\\u009b2J"'
    yield (
        "markup that is right.toml",
        f'{start}data.source.kind = "files"\ndata.source.path = "\\u009b2J\\u202e\\u001b[2J"',
    )
    yield "a NUL in a path.toml", f'{start}data.source.kind = "files"\ndata.source.path = "a\\u0000b"'
    yield "date.toml", f"{start}training.seed = 1979-05-27T07:32:00Z"


def _yaml(canary: Path) -> Iterator[tuple[str, str | bytes]]:
    start = "recipe: dcgan\n"
    code = f"open({str(canary)!r}, 'w')"
    for tag in ("object/apply:os.system", "object/new:os.system", "object/apply:builtins.exec"):
        yield f"{tag}.yaml", f'{start}training: !!python/{tag} ["{code}"]'
        yield f"{tag} in a list.yaml", f'{start}training:\n  seed: [!!python/{tag} ["{code}"]]'
        yield f"{tag} as a key.yaml", f'{start}!!python/{tag} ["{code}"]: 1'
    yield "a name.yaml", f"{start}training: !!python/name:os.system"
    yield "a module.yaml", f"{start}training: !!python/module:os"
    lols = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))
    yield "laughs.yaml", f"l0: &l0 lol\n{lols}"
    yield "itself.yaml", "a: &a {b: *a}"
    yield "merged.yaml", f"{start}training:\n  <<: {{seed: 1}}"
    for depth in (50, 200, 500, 2000):
        yield f"lists {depth} deep.yaml", f"{start}x: {'[' * depth}{']' * depth}"
        yield f"tables {depth} deep.yaml", f"{start}x: {'{a: ' * depth}1{'}' * depth}"
    yield "binary.yaml", f"{start}data:\n  source: {{kind: files, path: !!binary aGVsbG8=}}"
    yield "set.yaml", f"{start}training: !!set {{a, b}}"
    yield "a number of digits.yaml", f"{start}training: {{steps: {'9' * 5000}}}"
    yield "sixties.yaml", f"{start}training: {{steps: 1:{'59:' * 500}0}}"
    yield "two documents.yaml", f"{start}---\n{start}"
    yield "control characters.yaml", b"recipe: dcgan\x07\x1b[2J"
    yield "surrogates.yaml", f'{start}training: {{device: "\\uD800"}}'
