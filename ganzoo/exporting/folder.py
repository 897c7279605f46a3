"""A generator as weights and a few facts, without its run: what `ganzoo export --format safetensors` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ganzoo.config.validation import validate_part
from ganzoo.contracts import Generator, ImageShape
from ganzoo.contracts.parts import GeneratorConfig
from ganzoo.errors import UsageError
from ganzoo.exporting.network import weights_as_used
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.runs.atomic import write_atomic

WEIGHTS = "generator.safetensors"
FACTS = "generator.json"
FORMAT = 1


class Facts(BaseModel):
    """generator.json: everything beside the weights that one needs to draw, and to know what is drawn."""

    model_config = ConfigDict(extra="forbid")

    format: int = FORMAT
    architecture: str
    generator: dict[str, object]
    image_size: int
    channels: Literal[1, 3, 4]
    classes: list[str] | None
    latent_dim: int
    bounded: bool
    fit: Literal["crop", "pad", "stretch"] = "crop"
    background: str = "#ffffff"
    ganzoo: str


def is_exported(path: Path) -> bool:
    """Whether this is such a folder."""
    return (path / FACTS).is_file() and (path / WEIGHTS).is_file()


def write_folder(generator: Generator, facts: Facts, path: Path, catalogue: Catalogue) -> None:
    """Write generator.safetensors and generator.json.

    Args:
        generator: in eval mode, on the CPU.
        facts: of it.
        path: an existing folder.
        catalogue: where the architecture is looked up.

    Raises:
        UsageError: a strategy has wrapped the generator, so that these weights are not the architecture's own.
    """
    wanted = build_plain(facts, catalogue).state_dict()
    weights = weights_as_used(generator, wanted)
    if weights is None or any(weights[name].shape != tensor.shape for name, tensor in wanted.items()):
        raise UsageError(
            f"a strategy has rebuilt the generator: its weights do not fit `{facts.architecture}` by itself",
            hint="--format torch-export and --format onnx hold the network as it is",
        )
    write_atomic(path / WEIGHTS, save({name: tensor.contiguous() for name, tensor in weights.items()}))
    write_facts(facts, path)


def write_facts(facts: Facts, path: Path) -> None:
    """Write generator.json."""
    write_atomic(path / FACTS, json.dumps(facts.model_dump(), indent=2) + "\n")


def read_facts(path: Path) -> Facts:
    """What generator.json says.

    Raises:
        UsageError: it is damaged, or of a later ganzoo.
    """
    file = path / FACTS
    try:
        facts = Facts.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        why = " ".join(str(error).split())
        raise UsageError(f"{file} is not what ganzoo export writes: {why}") from error
    if facts.format != FORMAT:
        raise UsageError(f"{file} has format {facts.format}; this ganzoo reads {FORMAT}", hint="take a newer ganzoo")
    return facts


def build_plain(facts: Facts, catalogue: Catalogue) -> Generator:
    """The architecture with weights of its own.

    Raises:
        UsageError: no such architecture is installed, or it does not take these settings.
    """
    settings = {name: value for name, value in facts.generator.items() if name != "kind"}
    kind = str(facts.generator.get("kind", ""))
    checked = validate_part("generator", settings, Kind.GENERATOR, kind, catalogue, lambda _: FACTS)
    assert isinstance(checked, GeneratorConfig)  # what a generator's spec has
    classes = None if facts.classes is None else len(facts.classes)
    shape = ImageShape(facts.image_size, facts.channels, classes)
    return catalogue.find(Kind.GENERATOR, kind, FACTS).build(checked, shape)


def load_folder(path: Path, catalogue: Catalogue) -> Generator:
    """The generator of such a folder in eval mode, its parameters frozen, on the CPU.

    Raises:
        UsageError: it is damaged, or names an architecture that is not installed.
    """
    generator = build_plain(read_facts(path), catalogue)
    try:
        weights: dict[str, Tensor] = load_file(path / WEIGHTS)
        generator.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        why = " ".join(str(error).split())
        raise UsageError(f"{path / WEIGHTS} does not hold this generator's weights: {why}") from error
    return generator.requires_grad_(False).eval()
