"""The script of the zoo: its rows exist, its commands resolve, its page is written from what is there."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from ganzoo.cli.app import app
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind

ZOO = Path(__file__).parents[2] / "examples" / "zoo"


@pytest.fixture
def zoo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, imported as it imports its neighbours."""
    monkeypatch.syspath_prepend(str(ZOO))
    for name in ("zoo", "page", "entries"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import zoo

    yield zoo
    for name in ("zoo", "page", "entries"):
        sys.modules.pop(name, None)


def test_every_architecture_for_images_has_a_row(zoo: ModuleType) -> None:
    rows = {entry.name for entry in zoo.ENTRIES}
    of_points = {"mlp", "dirac"}
    assert rows == set(catalogue().names(Kind.ARCHITECTURE)) - of_points


def test_commands_that_would_reproduce_the_papers_resolve(
    zoo: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("lsun-bedrooms", "imagenet", "100-shot-obama", "ffhq"):
        (tmp_path / name).mkdir()
    for entry in zoo.ENTRIES:
        words = shlex.split(entry.published.command)
        assert words[:2] == ["ganzoo", "run"]
        result = CliRunner().invoke(app, ["config", "resolve", *words[2:]])
        assert result.exit_code == 0, f"{entry.name}: {result.output}{result.exception}"


@pytest.mark.parametrize("name", sorted({*catalogue().names(Kind.ARCHITECTURE)} - {"mlp", "dirac"}))
def test_the_size_of_every_architecture_can_be_told(zoo: ModuleType, name: str) -> None:
    entry = next(entry for entry in zoo.ENTRIES if entry.name == name)
    assert min(zoo.size(entry).values()) > 0


@pytest.mark.parametrize("path", sorted((ZOO / "results").glob("*-[0-9].json")), ids=lambda path: path.stem)
def test_what_the_page_shows_was_trained_with_networks_of_the_size_the_preset_has_now(
    zoo: ModuleType, path: Path
) -> None:
    result = json.loads(path.read_text())
    entry = next(entry for entry in zoo.ENTRIES if entry.name == result["name"])
    size = zoo.size(entry)
    assert {figure: result[figure] for figure in size} == size


def test_multiply_adds_of_a_known_network(zoo: ModuleType) -> None:
    import ganzoo_dcgan
    from ganzoo.contracts import ImageShape

    shape = ImageShape(16, 3)
    generator = ganzoo_dcgan.ganzoo_generators()[0].build(ganzoo_dcgan.DCGANGeneratorConfig(width=4), shape)
    discriminator = ganzoo_dcgan.ganzoo_discriminators()[0].build(ganzoo_dcgan.DCGANDiscriminatorConfig(width=4), shape)
    # G: 100 -> 8 at 4 px, 8 -> 4 at 8 px, 4 -> 3 at 16 px, each input pixel times a 4 x 4 kernel.
    assert zoo.multiply_adds(generator, discriminator)[0] == 16 * (100 * 8 + 16 * 8 * 4 + 64 * 4 * 3)
    assert zoo.multiply_adds(generator, discriminator)[1] == 16 * (64 * 3 * 4 + 16 * 4 * 8 + 8)


def test_the_page_is_written_from_what_is_there_and_names_what_is_missing(zoo: ModuleType, tmp_path: Path) -> None:
    import page

    figures = {
        "name": "r3gan", "preset": "tiny", "arithmetic": "cpu, bf16", "first": 4.0, "best": 1.0, "curve": [],
        "parameters_generator": 178_160, "parameters_discriminator": 170_096,
        "multiply_adds_generator": 12_000_000, "multiply_adds_discriminator": 11_000_000,
    }  # fmt: skip
    for seed, (last, verdict) in enumerate([(1.0, "healthy"), (2.0, "mode collapse")]):
        run = {**figures, "seed": seed, "last": last, "verdict": verdict}
        (tmp_path / f"r3gan-{seed}.json").write_text(json.dumps(run))
    page.write_page(tmp_path, tmp_path / "zoo.md", tmp_path / "images")
    text = (tmp_path / "zoo.md").read_text()
    scores = "4.00 (4.00 to 4.00) | 1.50 (1.00 to 2.00) | 2.00 | healthy 1/2, mode collapse 1/2"
    assert f"| `r3gan` | `r3gan` + `r3gan` | 178 k + 170 k | 12.0 M + 11.0 M |  | cpu, bf16 | 2 | {scores} |" in text
    assert "Not measured yet: dcgan, lsgan" in text
    assert "None of these is reproduced here" in text
    assert all(entry.published.command in text for entry in zoo.ENTRIES)
