"""`ganzoo export`: a folder with the generator in one format, a card, and a picture."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import torch

from ganzoo.config.compose import Request, compose
from ganzoo.errors import GanzooError, UsageError
from ganzoo.evaluation.quantise import quantise
from ganzoo.exporting import card, folder, onnx_file, torch_program
from ganzoo.exporting.facts import facts_of, origin_of, step_of
from ganzoo.exporting.network import (
    Call,
    Drawing,
    example_inputs,
    largest_difference,
    on_the_cpu,
)
from ganzoo.registry.catalogue import Catalogue
from ganzoo.report.grid import write_grid
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.directory import RunDirectory
from ganzoo.training.loading import checkpoint_of, effective_config, load_averaged

CHECKED_ON = 64
"""Latents on which an export is compared with the original."""
TOLERANCE = 1e-4
"""Largest difference of a value in [-1, 1] that is let pass: an eightieth of a step of 8-bit colour."""


class Format(StrEnum):
    """What a generator can be exported as."""

    SAFETENSORS = "safetensors"
    ONNX = "onnx"
    TORCH_EXPORT = "torch-export"


WRITTEN = {card.FILE, card.SAMPLES, folder.FACTS, folder.WEIGHTS, onnx_file.FILE, torch_program.FILE}
"""Every file that an export may write."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A folder that was written.

    Attributes:
        path: the folder.
        file: the network in it.
        difference: the largest of any value, in [-1, 1], from the original's images of 64 latents.
    """

    path: Path
    file: Path
    difference: float


def export_run(run: RunDirectory, form: Format, out: Path | None, checkpoint: str, catalogue: Catalogue) -> Exported:
    """Write the folder, whole or not at all.

    Args:
        run: a run with a checkpoint.
        form: of the file.
        out: the folder, new, empty, or an earlier export; None: `RUN/export/<format>`.
        checkpoint: `latest`, `best`, or a step's name.
        catalogue: where the run's parts are looked up.

    Raises:
        UsageError: it makes points, a package is missing, the folder holds something else.
        GanzooError: the network cannot be exported in this form, or makes other images afterwards.
    """
    if form is Format.ONNX:
        onnx_file.check_installed()
    target = out if out is not None else run.path / "export" / form
    _check_free(target)
    given, config = compose(Request(config=run.config), catalogue), effective_config(run, catalogue)
    found = checkpoint_of(run, checkpoint)
    step_of(found)  # refused before the work: the card names it
    original = load_averaged(run, catalogue, found).cpu()
    if original.image_size == 1:
        raise UsageError(f"{run.path} makes points: there is no image to export a generator of")
    generator = on_the_cpu(original)
    facts = facts_of(generator, config, run)
    with _new_folder(target) as name:
        work = Path(name)
        inputs = example_inputs(generator, CHECKED_ON)
        exported: Call
        if form is Format.SAFETENSORS:
            folder.write_folder(generator, facts, work, catalogue)
            file, exported = folder.WEIGHTS, Drawing(folder.load_folder(work, catalogue))
        else:
            folder.write_facts(facts, work)
            program = torch_program.program_of(Drawing(generator), example_inputs(generator, 2))
            if form is Format.ONNX:
                file = onnx_file.FILE
                onnx_file.write_onnx(program, work / file)
                exported = onnx_file.read_onnx(work / file)
            else:
                file = torch_program.FILE
                torch_program.write_program(program, work / file)
                exported = torch_program.read_program(work / file)
        difference = largest_difference(Drawing(original), exported, inputs)
        if not difference <= TOLERANCE:  # NaN is no pass either
            raise GanzooError(
                f"the exported file makes other images: they differ by up to {difference:.2g}, more than {TOLERANCE:g}",
                hint="nothing was written; --format safetensors holds the same weights",
            )
        with torch.no_grad():
            write_grid(quantise(Drawing(original)(*inputs)), work / card.SAMPLES)
        origin = origin_of(run, given, found, catalogue, batch_size=config.training.batch_size)
        write_atomic(work / card.FILE, card.model_card(facts, origin, form, difference, torch.__version__))
        _take_place(work, target)
    return Exported(target, target / file, difference)


def _check_free(path: Path) -> None:
    if not path.exists():
        return
    others = [] if path.is_dir() else [path]
    if path.is_dir():
        found = sorted(path.iterdir())
        others = [file for file in found if file.name not in WRITTEN]
        if found and folder.FACTS not in {file.name for file in found}:
            others = others or found
    if others:
        raise UsageError(
            f"{path} holds something else: {others[0].name}",
            hint="choose a new folder, or an earlier export, with --out",
        )


def _new_folder(target: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder beside the target, removed at the end."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise UsageError(f"cannot write to {target}: {error.strerror or error}", hint="choose another --out") from error


def _take_place(work: Path, target: Path) -> None:
    """Move the files, and remove those of an earlier export.

    Its facts are emptied first, and the new ones come last: what a kill leaves in between is loaded by nobody, and may
    be exported to again.
    """
    target.mkdir(exist_ok=True)
    written = {file.name for file in work.iterdir()}
    if (target / folder.FACTS).exists():
        write_atomic(target / folder.FACTS, "{}")
    for name in WRITTEN - written:
        (target / name).unlink(missing_ok=True)
    for name in sorted(written, key=lambda name: name == folder.FACTS):
        (work / name).replace(target / name)
