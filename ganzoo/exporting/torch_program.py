"""torch.export: the network as a program that PyTorch alone runs, without the class it came from."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.exporting.network import Call, Drawing

if TYPE_CHECKING:
    from torch.export import ExportedProgram

FILE = "generator.pt2"
INPUTS = ("latents", "labels")


def program_of(drawing: Drawing, inputs: tuple[Tensor, ...]) -> ExportedProgram:
    """The network as a graph that takes any number of images in a batch.

    Plain tracing first; where the network's own Python asks for the number of images as an int (`len(latents)`), which
    would fix it, the bytecode is read instead, which understands that.

    Args:
        drawing: what is traced.
        inputs: of at least two images.

    Raises:
        GanzooError: the network does something that torch.export cannot follow.
    """
    batch = torch.export.Dim("batch", min=1)
    shapes = {name: {0: batch} for name in INPUTS[: len(inputs)]}
    failed: Exception | None = None
    for strict in (False, True):
        try:
            with torch.no_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the exporter's insides
                return torch.export.export(drawing, inputs, dynamic_shapes=shapes, strict=strict)
        except Exception as error:  # noqa: BLE001 - tracing runs the plugin's code in ways of its own; it is told
            failed = error
    first = str(failed).strip().splitlines()[0] if str(failed).strip() else type(failed).__name__
    raise GanzooError(
        f"torch.export cannot follow this generator's code: {first}", hint="--format safetensors works with any"
    ) from failed


def write_program(program: ExportedProgram, path: Path) -> None:
    """Write it; `torch.export.load` reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.export.save(program, path)


def read_program(path: Path) -> Call:
    """The file as a function of the same tensors."""
    call: Call = torch.export.load(path).module()
    return call
