"""The verbs of the command line, for scripts and notebooks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganzoo.config.compose import Request, changed, compose
from ganzoo.config.files import read_config
from ganzoo.config.models import RunConfig
from ganzoo.config.overrides import Override
from ganzoo.config.writing import to_toml
from ganzoo.contracts import ImageShape, Observer
from ganzoo.errors import UsageError
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.runs.atomic import write_atomic
from ganzoo.runs.directory import RunDirectory, create_run, open_run
from ganzoo.runs.logs import read_lines

if TYPE_CHECKING:
    from torch import Tensor

    from ganzoo.contracts import Generator
    from ganzoo.evaluation.result import Evaluation
    from ganzoo.health.diagnosis import Diagnosis
    from ganzoo.training.session import Session

OPTIONS = {
    "epochs": "training.epochs",
    "steps": "training.steps",
    "batch_size": "training.batch_size",
    "image_size": "data.image_size",
    "seed": "training.seed",
    "device": "training.device",
    "precision": "training.precision",
    "generator": "generator.kind",
    "discriminator": "discriminator.kind",
    "loss": "loss.kind",
}
"""Settings with a name of their own."""


@dataclass(frozen=True)
class Run:
    """A run on disk: what it measured, what it drew, and its generator.

    Attributes:
        path: the run directory.
    """

    path: Path

    @property
    def directory(self) -> RunDirectory:
        """Where each file lies."""
        return RunDirectory(self.path)

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The numbers of each tick: `{"step", "images", "values": {...}, "verdict", "images_per_s"}`."""
        return self.directory.ticks()

    @property
    def scores(self) -> dict[str, float]:
        """The last evaluation's scores by name; empty before the first."""
        evaluations = self.directory.evaluations()
        return dict(evaluations[-1]["data"]["scores"]) if evaluations else {}

    @property
    def report(self) -> dict[str, Path]:
        """The files to look at: the last grid, the GIF, the curves; those that exist."""
        grids = self.directory.grids()
        files = {"gif": self.directory.gif, "curves": self.directory.curves}
        if grids:
            files = {"samples": grids[-1][1], **files}
        return {name: path for name, path in files.items() if path.exists()}

    @cached_property
    def generator(self) -> Generator:
        """The averaged generator of the last checkpoint, in eval mode, ready to sample from."""
        return load_generator(self.path)

    def sample(self, count: int = 64, seed: int = 0) -> Tensor:
        """Images [count, C, H, W] uint8; the same seed gives the same images."""
        from ganzoo.training.sampling import sample_images

        return sample_images(self.generator, count, seed)


def run(
    recipe: str | None = None,
    *,
    data: str | Path | None = None,
    balance: Sequence[str] = (),
    preset: str | None = None,
    config: str | Path | None = None,
    metrics: Sequence[str] = (),
    settings: Mapping[str, object] | None = None,
    out: str | Path | None = None,
    observers: Sequence[Observer] = (),
    **options: str | float | None,
) -> Run:
    """Train.

    Args:
        recipe: name of the architecture, `"dcgan"`; None: `config` names it.
        data: a folder or zip of images, or the name of a data set.
        balance: strategies, as on the command line: `["d-skip:threshold=0.8"]`.
        preset: one of the recipe's presets.
        config: a TOML or YAML file.
        metrics: scores, by name.
        settings: anything else by dotted path, `{"training.ema_beta": 0.995}`.
        out: the run directory; by default a new one in `runs/`.
        observers: who watches, beside those the configuration names.
        **options: `epochs`, `steps`, `batch_size`, `image_size`, `seed`, `device`, `precision`, `generator`,
            `discriminator`, `loss`, as on the command line.

    Raises:
        UsageError: something cannot work; nothing was started.
        Interrupted: the user asked to stop; everything is saved.
    """
    overrides = [Override(path, value, "settings") for path, value in (settings or {}).items()]
    request = Request(
        recipe=recipe,
        preset=preset,
        config=Path(config) if config is not None else None,
        data=str(data) if data is not None else None,
        balance=tuple(balance),
        metrics=tuple(metrics),
        options=[*option_overrides(options), *overrides],
    )
    return start(request, Path(out) if out is not None else None, observers)


def option_overrides(options: Mapping[str, object], prefix: str = "") -> list[Override]:
    """Named options as settings; those that are None were not given.

    Raises:
        UsageError: an option that does not exist.
    """
    for name in options:
        if name not in OPTIONS:
            raise UsageError(f"no option is called `{name}`", hint=f"options: {', '.join(OPTIONS)}; or use `settings`")
    return [
        Override(OPTIONS[name], value, f"{prefix}{name.replace('_', '-') if prefix else name}")
        for name, value in options.items()
        if value is not None
    ]


def start(request: Request, out: Path | None = None, observers: Sequence[Observer] = ()) -> Run:
    """Compose a request, make its run directory, and train."""
    from ganzoo.runs.environment import environment
    from ganzoo.training.session import build_session, parameters_of

    config = compose(request, catalogue())
    session = build_session(config, catalogue())
    directory = create_run(out, f"{config.recipe.rpartition('/')[2]}-{session.store.name}")
    facts = environment(
        data={
            "name": session.store.name,
            "fingerprint": session.store.fingerprint,
            "images": len(session.store),
        },
        shape={
            "size": session.store.shape.size,
            "channels": session.store.shape.channels,
            "num_classes": session.store.shape.num_classes,
        },
        arithmetic=str(session.arithmetic),
        parameters={
            "generator": parameters_of(session.step.generator.network),
            "discriminator": parameters_of(session.step.discriminator.network),
        },
    )
    write_atomic(directory.environment, facts)
    write_atomic(directory.config, to_toml(config))  # last: with it, the directory is a run
    return _train(session, directory, observers, from_checkpoint=False)


def resume(
    path: str | Path,
    *,
    epochs: float | None = None,
    steps: int | None = None,
    observers: Sequence[Observer] = (),
) -> Run:
    """Go on with a run from its last whole checkpoint, exactly where it would have gone on.

    Args:
        path: the run directory, wherever it now lies.
        epochs: a new length, counted from the start of the run.
        steps: likewise in steps.
        observers: who watches.

    Raises:
        UsageError: no such run, no whole checkpoint, or its data changed.
    """
    from ganzoo.training.session import build_session

    directory = open_run(Path(path))
    config = compose(Request(config=directory.config), catalogue())
    length = option_overrides({"epochs": epochs, "steps": steps})
    if length:
        config = changed(config, {o.path: o.value for o in length}, catalogue(), "resume")
    session = build_session(config, catalogue())
    known = _fact(directory, "data", "fingerprint")
    if known != session.store.fingerprint:
        raise UsageError(
            f"the images of {session.store.name} are not those the run was started with",
            hint="start a new run on them, or put the old ones back",
        )
    if length:
        write_atomic(directory.config, to_toml(config))
    return _train(session, directory, observers, from_checkpoint=True)


def evaluate(
    path: str | Path,
    *,
    metrics: Sequence[str] = (),
    images: int | None = None,
    checkpoint: str = "latest",
) -> Evaluation:
    """Score a run's averaged generator against the data it was trained on.

    Args:
        path: the run directory.
        metrics: names with settings, `["fd", "ssim:pairs=200"]`; by default those of the run.
        images: generated images; by default as in the run.
        checkpoint: `latest`, `best`, or a step's name.
    """
    from ganzoo.data.named import load_named
    from ganzoo.evaluation.evaluator import build_evaluator
    from ganzoo.training.sampling import draw_images
    from ganzoo.training.stamp import stamp

    directory = open_run(Path(path))
    options = [Override("evaluation.images", images, "images")] if images is not None else []
    request = Request(config=directory.config, metrics=tuple(metrics), options=options)
    config = compose(request, catalogue())
    generator = load_generator(directory.path, checkpoint)
    store = load_named(config.data, catalogue())
    device = next(generator.parameters()).device
    evaluator = build_evaluator(config.evaluation, catalogue(), store, device)
    draw = draw_images(generator, config.training.seed, "evaluation")
    return evaluator(draw, stamp(config))


def diagnose(path: str | Path) -> Diagnosis:
    """What the doctor says of a run: its verdicts with their evidence, and what to try.

    Args:
        path: a run directory, or the metrics.jsonl of any run that names its numbers as ganzoo does.

    Raises:
        UsageError: there is neither.
    """
    from ganzoo.health.diagnosis import diagnose as read

    path = Path(path)
    if path.is_file():
        return read(read_lines(path), {}, catalogue())
    directory = open_run(path)
    strategies = [
        o.path.split(".") for o in read_config(directory.config) if o.path.startswith(("method.", "balance."))
    ]
    return read(directory.ticks(), {path[1]: {} for path in strategies}, catalogue())


def load_generator(path: str | Path, checkpoint: str = "latest") -> Generator:
    """A trained generator as an `nn.Module` in eval mode: latents [N, latent_dim] -> images in [-1, 1].

    Args:
        path: the run directory.
        checkpoint: `latest`, `best`, or a step's name, `step-00001000`.

    Raises:
        UsageError: no such run or checkpoint, or it is damaged.
    """
    from ganzoo.training.checkpoints import AVERAGE, find_checkpoint, load_checkpoint
    from ganzoo.training.ema import estimate_batch_statistics
    from ganzoo.training.precision import choose_arithmetic
    from ganzoo.training.session import build_generator, configured

    directory = open_run(Path(path))
    balance, effective, _ = configured(compose(Request(config=directory.config), catalogue()), catalogue())
    size, channels, classes = (_fact(directory, "shape", name) for name in ("size", "channels", "num_classes"))
    shape = ImageShape(int(size), int(channels), None if classes is None else int(classes))
    arithmetic = choose_arithmetic("auto", "fp32")
    generator = build_generator(effective, shape, balance, arithmetic, catalogue())
    found = load_checkpoint(find_checkpoint(directory.checkpoints, checkpoint))
    generator.load_state_dict(found.networks[AVERAGE])
    estimate_batch_statistics(generator, effective.training.seed)
    return generator.requires_grad_(False).eval()


def sample(path: str | Path, count: int = 64, seed: int = 0, checkpoint: str = "latest") -> Tensor:
    """Images [count, C, H, W] uint8 of a run's averaged generator."""
    from ganzoo.training.sampling import sample_images

    return sample_images(load_generator(path, checkpoint), count, seed)


def resolve(request: Request) -> RunConfig:
    """The configuration a request would run with."""
    return compose(request, catalogue())


def _train(session: Session, directory: RunDirectory, observers: Sequence[Observer], *, from_checkpoint: bool) -> Run:
    from ganzoo.runs.journal import Journal
    from ganzoo.training.checkpoints import find_checkpoint, load_checkpoint
    from ganzoo.training.loop import Training

    named = [
        catalogue().find(Kind.OBSERVER, name).build(settings, directory.path)
        for name, settings in session.effective.logging.observers.items()
    ]
    journal = Journal(directory, [*observers, *named])
    training = Training(session, directory, journal)
    if from_checkpoint:
        if any(directory.checkpoints.glob("step-*")):
            said: list[str] = []
            path = find_checkpoint(directory.checkpoints, say=said.append)
            training.load(load_checkpoint(path), notes=said)
        else:  # stopped before its first checkpoint: it begins again
            journal.metrics.cut(0)
            journal.events.cut(0)
    training.train()
    return Run(directory.path)


def _fact(directory: RunDirectory, section: str, name: str) -> Any:  # Any: plain JSON
    """What environment.json says."""
    try:
        return json.loads(directory.environment.read_text(encoding="utf-8"))[section][name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{directory.environment} is not what ganzoo writes: {error!r}") from error
