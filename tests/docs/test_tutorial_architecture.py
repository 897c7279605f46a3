"""The tutorial on architectures, followed from the first line to the last."""

from __future__ import annotations

import json
import tomllib

import pytest
from following import Reader, environment

PAGE = "docs/tutorials/first-architecture.md"


@pytest.fixture(scope="module")
def reader(blocks, tmp_path_factory):
    home = tmp_path_factory.mktemp("architecture")
    reader = Reader(home, environment(home / ".venv"), "ganzoo-shuffle-net")
    reader.follow([block for block in blocks if block.page == PAGE])
    return reader


def settings_of(reader, run):
    return tomllib.loads((reader.home / "runs" / run / "config.toml").read_text())


def test_the_files_that_the_page_speaks_of_are_there(reader, root):
    text = (root / PAGE).read_text(encoding="utf-8")
    for name in ("networks.py", "settings.py", "recipe.py", "__init__.py"):
        assert f"| `{name}` |" in text
        assert (reader.home / "ganzoo-shuffle-net" / "ganzoo_shuffle_net" / name).is_file()


LOOK = """
import ganzoo
from torch import nn

layers = list(ganzoo.load_generator("runs/shuffle").modules())
print(*(sum(isinstance(layer, kind) for layer in layers) for kind in (nn.PixelShuffle, nn.Upsample)))
"""


def test_the_generator_that_is_trained_is_the_changed_one(reader):
    (reader.home / "look.py").write_text(LOOK)
    doublings, copies = map(int, reader.type("python look.py").split()[:2])
    assert doublings == 2  # from 4 px to 16
    assert copies == 0


def test_its_own_tests_pass_after_the_change(reader):
    assert "4 passed" in reader.said["python -m pytest ganzoo-shuffle-net"]


def test_it_is_mixed_with_parts_of_others(reader):
    mixed = settings_of(reader, "shuffle-sngan")
    kinds = [mixed[part]["kind"] for part in ("generator", "discriminator", "loss")]
    assert kinds == ["shuffle-net", "sngan", "hinge"]


def test_it_is_listed_with_whose_it_is(reader):
    facts = json.loads(reader.type("ganzoo show architecture shuffle-net --json"))
    assert facts["distribution"] == "ganzoo-shuffle-net"
