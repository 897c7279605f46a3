"""ONNX: a file for onnxruntime and whatever else reads it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ganzoo.errors import UsageError
from ganzoo.exporting.network import Call
from ganzoo.exporting.torch_program import INPUTS

if TYPE_CHECKING:
    from torch.export import ExportedProgram

FILE = "generator.onnx"
NEEDED = ("onnx", "onnxscript", "onnxruntime")
OPSET = 18


def check_installed() -> None:
    """Nothing, where the packages of the extra are there.

    Raises:
        UsageError: with the line that installs them.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"--format onnx needs {', '.join(missing)}, which is not installed",
            hint=f"they are ganzoo's extra `onnx`: pip install {' '.join(NEEDED)}; "
            "or take --format torch-export or safetensors",
        )


def write_onnx(program: ExportedProgram, path: Path) -> None:
    """Write a traced network, inputs and output by the names `latents`, `labels`, `images`."""
    names = [name for name in INPUTS if name in program.graph_signature.user_inputs]
    with _quiet():
        onnx = torch.onnx.export(
            program, dynamo=True, input_names=names, output_names=["images"], opset_version=OPSET, verbose=False
        )
        assert onnx is not None  # with `dynamo` it always is
        onnx.save(path, external_data=False)


def read_onnx(path: Path) -> Call:
    """The file as a function of the same tensors, run by onnxruntime on one CPU thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]

    def call(*inputs: Tensor) -> Tensor:
        [images] = session.run(None, {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True)})
        return torch.from_numpy(images)

    return call


@contextmanager
def _quiet() -> Iterator[None]:
    """What the exporter says of its own insides is nothing the user can act on."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
