"""Networks of a run out of its checkpoints, ready to use."""

from __future__ import annotations

import warnings
from pathlib import Path

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.errors import GanzooWarning, UsageError
from ganzoo.registry.catalogue import Catalogue
from ganzoo.runs.directory import RunDirectory
from ganzoo.training.checkpoints import AVERAGE, LATEST, find_checkpoint, load_checkpoint
from ganzoo.training.ema import estimate_batch_statistics
from ganzoo.training.precision import choose_arithmetic
from ganzoo.training.session import build_discriminator, build_generator, configured

LARGEST = 2**20
"""Pixels a side, channels, or classes: more is a damaged file, and would not fit any memory."""
DISCRIMINATOR = "discriminator"
"""Its name among a checkpoint's networks."""


def effective_config(run: RunDirectory, catalogue: Catalogue) -> RunConfig:
    """The run's configuration after its strategies' changes."""
    return configured(compose(Request(config=run.config), catalogue), catalogue)[1]


def shape_of(run: RunDirectory) -> ImageShape:
    """What its networks make and judge.

    Raises:
        UsageError: environment.json does not say it.
    """
    size, channels, classes = (run.fact("shape", name) for name in ("size", "channels", "num_classes"))
    counts = [size, channels, *([] if classes is None else [classes])]
    if not all(isinstance(count, int) and 0 < count <= LARGEST for count in counts):
        raise UsageError(f"{run.environment} is not what ganzoo writes: {size!r} px, {channels!r} channels")
    return ImageShape(size, channels, classes)


def checkpoint_of(run: RunDirectory, which: str = LATEST) -> Path:
    """The folder of a whole checkpoint. Where the newest is damaged an older one is taken, with a `GanzooWarning`.

    Args:
        run: the run.
        which: `latest`, `best`, or a step's name.

    Raises:
        UsageError: none is whole, or the one asked for by name is not there or damaged.
    """
    said: list[str] = []
    path = find_checkpoint(run.checkpoints, which, say=said.append)
    if said:
        warnings.warn(f"{'; '.join(said)}; {path.name} is used instead", GanzooWarning, stacklevel=2)
    return path


def load_averaged(run: RunDirectory, catalogue: Catalogue, checkpoint: Path) -> Generator:
    """The averaged generator in eval mode, its BatchNorm statistics estimated anew, its parameters frozen.

    Args:
        run: the run.
        catalogue: where its parts are looked up.
        checkpoint: its folder, of `checkpoint_of`.

    Raises:
        UsageError: the checkpoint is damaged, or belongs to another network.
    """
    balance, effective, _ = configured(compose(Request(config=run.config), catalogue), catalogue)
    generator = build_generator(effective, shape_of(run), balance, choose_arithmetic("auto", "fp32"), catalogue)
    found = load_checkpoint(checkpoint, {AVERAGE: generator.state_dict()})
    generator.load_state_dict(found.networks[AVERAGE])
    estimate_batch_statistics(generator, effective.training.seed)
    return generator.requires_grad_(False).eval()


def load_discriminator(run: RunDirectory, catalogue: Catalogue, checkpoint: Path) -> Discriminator:
    """The discriminator of a checkpoint in eval mode, its parameters frozen. As `load_averaged`."""
    balance, effective, _ = configured(compose(Request(config=run.config), catalogue), catalogue)
    network = build_discriminator(effective, shape_of(run), balance, choose_arithmetic("auto", "fp32"), catalogue)
    found = load_checkpoint(checkpoint, {DISCRIMINATOR: network.state_dict()})
    network.load_state_dict(found.networks[DISCRIMINATOR])
    return network.requires_grad_(False).eval()
