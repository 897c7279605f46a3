"""Everything a run needs, built from its configuration and checked before the first step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from ganzoo.config.compose import changed
from ganzoo.config.models import Choice, RunConfig
from ganzoo.config.schedules import note_on_schedules
from ganzoo.config.tables import flatten
from ganzoo.contracts import Discriminator, Generator, ImageShape, Loss, Moment, Role, scheduled_value
from ganzoo.contracts.ailments import Ailment
from ganzoo.contracts.parts import OptimizerConfig
from ganzoo.data.batches import Batches
from ganzoo.data.fill import Progress
from ganzoo.data.named import load_named
from ganzoo.data.split import split
from ganzoo.data.store import ImageStore
from ganzoo.errors import ContractError, UsageError
from ganzoo.evaluation.evaluator import Evaluator, build_evaluator
from ganzoo.health.remedies import Advice, InUse, advise
from ganzoo.registry.catalogue import Catalogue
from ganzoo.registry.manager import Kind
from ganzoo.registry.specs import Trait
from ganzoo.report.grid import write_grid
from ganzoo.report.scatter import write_scatter
from ganzoo.runs.title import title_of
from ganzoo.training.balance import Balance, Change
from ganzoo.training.ema import AveragedWeights, averaging
from ganzoo.training.player import Player
from ganzoo.training.precision import Arithmetic, choose_arithmetic
from ganzoo.training.probe import Probe
from ganzoo.training.randomness import key
from ganzoo.training.ranks import ALONE, Ranks
from ganzoo.training.splitting import check_batch_norm, check_split, check_whole_batch_loss, note_on_batch_norm
from ganzoo.training.step import AdversarialStep

N = TypeVar("N", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Session:
    """A run, ready to train.

    Attributes:
        config: as the user gave it; repeats the run.
        effective: after the strategies' changes.
        changes: what they changed.
        store: the decoded images.
        step: one turn of the game.
        probe: signals that only samples can tell.
        evaluator: the scores, or None where no metric is named.
        remedies: what to try against an ailment, the best first.
        picture: writes samples as people look at them: a grid of images, or a scatter of points over the reals.
        images: how many are trained on.
        notes: what the user should know before training.
    """

    config: RunConfig
    effective: RunConfig
    changes: tuple[Change, ...]
    store: ImageStore
    step: AdversarialStep
    probe: Probe
    evaluator: Evaluator | None
    remedies: Callable[[Ailment], Sequence[Advice]]
    picture: Callable[[Tensor, Path], None]
    arithmetic: Arithmetic
    images: int
    notes: tuple[str, ...]

    @property
    def total_images(self) -> int:
        """Real images after which the run ends; for a run of a number of steps, with as many D updates as the first."""
        training = self.effective.training
        if training.steps is not None:
            return training.steps * self.images_a_step
        assert training.epochs is not None  # the config has one of the two
        return max(1, round(training.epochs * self.images))

    @property
    def images_a_step(self) -> int:
        """Real images the first step sees: a batch for each update of D."""
        batch = self.effective.training.batch_size
        plan = self.step.balance.plan(Moment(0, 0, batch, self.images))
        return batch * max(1, plan.discriminator_updates)

    @property
    def images_a_step_asked(self) -> int:
        """Real images that a step of the user's `training.steps` stands for: a strategy may make several of it."""
        asked = self.config.training.steps
        return self.images_a_step if asked is None else round(self.total_images / asked)


def build_session(
    config: RunConfig, catalogue: Catalogue, ranks: Ranks = ALONE, progress: Progress | None = None
) -> Session:
    """Load the data, build both networks, the loss, the strategies and the metrics; check that they fit.

    Args:
        config: the run's.
        catalogue: where its parts are looked up.
        ranks: the processes that train it together; each builds the same.
        progress: told (files done, files in all) while images are decoded.

    Raises:
        UsageError: what the user asked for cannot work here; nothing was written.
    """
    arithmetic = choose_arithmetic(config.training.device, config.training.precision)
    balance, effective, changes = configured(config, catalogue)

    with ranks.one_first():  # images are decoded once a machine, and found in the cache by the others
        store = load_named(effective.data, catalogue, progress)
    shape, seed = store.shape, effective.training.seed
    trained_on, held_out = split(len(store), effective.data.held_out)
    loss: Loss = catalogue.find(Kind.LOSS, effective.loss.kind).build(effective.loss.settings)
    _check_loss(balance, loss, effective, catalogue)
    evaluator = None
    if effective.evaluation.metrics:
        evaluator = build_evaluator(effective.evaluation, catalogue, store, arithmetic.device)

    generator = build_generator(effective, shape, balance, arithmetic, catalogue)
    discriminator = build_discriminator(effective, shape, balance, arithmetic, catalogue)
    dry_run(generator, discriminator, shape, arithmetic)
    microbatch = check_split(effective, changes, ranks, discriminator.group_size, balance.strategies, catalogue)
    check_whole_batch_loss(loss, effective, ranks, catalogue)
    networks = {Role.GENERATOR: generator, Role.DISCRIMINATOR: discriminator}
    check_batch_norm(networks, effective.training.batch_size, ranks, microbatch)
    balance.start()
    step = AdversarialStep(
        generator=_player(Role.GENERATOR, generator, effective.optimizers.generator, catalogue),
        discriminator=_player(Role.DISCRIMINATOR, discriminator, effective.optimizers.discriminator, catalogue),
        average=AveragedWeights(generator, averaging(effective.training)),
        loss=loss,
        balance=balance,
        reals=Batches(store, seed, arithmetic.device, horizontal_flip=effective.data.horizontal_flip, only=trained_on),
        arithmetic=arithmetic,
        seed=seed,
        reuse_fakes=effective.training.reuse_fakes,
        ranks=ranks,
        microbatch=microbatch,
    )
    probe = Probe(
        Batches(store, 0, arithmetic.device, only=trained_on),
        Batches(store, 0, arithmetic.device, only=held_out) if len(held_out) else None,
    )
    kept = f"; {len(held_out):,} held out" if len(held_out) else ""
    notes = (f"{store.report()}{kept}", *store.notes, *note_on_batch_norm(step, effective.training.batch_size))
    session = Session(
        config=config,
        effective=effective,
        changes=tuple(changes),
        store=store,
        step=step,
        probe=probe,
        evaluator=evaluator,
        remedies=partial(advise, in_use=InUse.of(effective.plain()), catalogue=catalogue),
        picture=partial(write_scatter, reals=store.points) if shape.is_points else write_grid,
        arithmetic=arithmetic,
        images=len(trained_on),
        notes=notes,
    )
    return replace(session, notes=(*notes, *note_on_schedules(effective, session.total_images / 1000)))


def configured(config: RunConfig, catalogue: Catalogue) -> tuple[Balance, RunConfig, list[Change]]:
    """The strategies, and the configuration as they change it.

    Raises:
        UsageError: two strategies disagree, or a setting does not take what a strategy sets.
    """
    named = {**config.method, **config.balance}
    balance = Balance({name: catalogue.find(Kind.BALANCE, name).build(settings) for name, settings in named.items()})
    changes = balance.configure(dict(flatten(config.plain())))
    for change in changes:
        origin = f"the strategy {change.strategy}"
        config = changed(config, {change.path: change.value}, catalogue, origin)
    return balance, config, changes


def build_generator(
    effective: RunConfig, shape: ImageShape, balance: Balance, arithmetic: Arithmetic, catalogue: Catalogue
) -> Generator:
    """The generator with its keyed initialisation, as the strategies want it, in its place."""
    torch.manual_seed(key(effective.training.seed, "initialisation", "generator"))
    spec = catalogue.find(Kind.GENERATOR, effective.generator.kind)
    network = spec.build(effective.generator.settings, shape)
    prepared = _prepared(Role.GENERATOR, network, balance, arithmetic)
    assert isinstance(prepared, Generator)  # checked where it was built
    return prepared


def build_discriminator(
    effective: RunConfig, shape: ImageShape, balance: Balance, arithmetic: Arithmetic, catalogue: Catalogue
) -> Discriminator:
    """The same for D."""
    torch.manual_seed(key(effective.training.seed, "initialisation", "discriminator"))
    spec = catalogue.find(Kind.DISCRIMINATOR, effective.discriminator.kind)
    network = spec.build(effective.discriminator.settings, shape)
    prepared = _prepared(Role.DISCRIMINATOR, network, balance, arithmetic)
    assert isinstance(prepared, Discriminator)  # as above
    return prepared


@torch.no_grad()
def dry_run(generator: Generator, discriminator: Discriminator, shape: ImageShape, arithmetic: Arithmetic) -> None:
    """One forward through both networks in eval mode: what does not fit is said before training.

    Raises:
        UsageError: with the shapes that do not fit.
    """
    generator.eval()
    discriminator.eval()
    count = 2 * discriminator.group_size
    latents = torch.zeros(count, generator.latent_dim, device=arithmetic.device)
    labels = None
    if shape.num_classes is not None:
        labels = torch.zeros(count, dtype=torch.int64, device=arithmetic.device)
    expected = (count, shape.channels, shape.size, shape.size)
    try:
        with arithmetic.forward():
            images = generator(latents, labels)
            logits = discriminator(images, labels).logits
    except RuntimeError as error:
        raise UsageError(
            f"these two networks do not fit together at {shape.size} px with {shape.channels} channels: {error}"
        ) from error
    if tuple(images.shape) != expected:
        raise UsageError(f"the generator makes images of shape {tuple(images.shape)}; the run needs {expected}")
    if logits.shape[0] != count:
        raise UsageError(f"the discriminator gives logits of shape {tuple(logits.shape)} for {count} images")
    generator.train()
    discriminator.train()


def _prepared(role: Role, network: nn.Module, balance: Balance, arithmetic: Arithmetic) -> nn.Module:
    contract = Generator if role is Role.GENERATOR else Discriminator
    built = balance.build(role, network)
    if not isinstance(built, contract):
        raise ContractError(f"a strategy's `build` made a {type(built).__name__} of the {role}")
    return arithmetic.place(built)


def _player(role: Role, network: N, choice: Choice[OptimizerConfig], catalogue: Catalogue) -> Player[N]:
    settings = choice.settings
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    start = scheduled_value(settings.learning_rate, 0.0)
    spec = catalogue.find(Kind.OPTIMIZER, choice.kind)
    moving = partial(spec.moving, settings) if spec.moving else None
    return Player(role, network, spec.build(settings, parameters, start), settings.learning_rate, moving)


def _check_loss(balance: Balance, loss: Loss, config: RunConfig, catalogue: Catalogue) -> None:
    """What the strategies need of the loss, it has."""
    kind = config.loss.kind
    compares = catalogue.find(Kind.LOSS, kind).compares
    for name in balance.strategies:
        traits = catalogue.find(Kind.BALANCE, name).traits
        if Trait.CHANGES_TARGETS in traits and loss.targets is None:
            raise UsageError(
                f"`{name}` changes label targets, and the loss `{kind}` has none",
                hint="take a loss with targets, such as the recipe's own, or leave the strategy out",
            )
        if Trait.TAKES_SIDES_APART in traits and compares:
            raise UsageError(
                f"`{name}` takes what D says of one side by itself, and the loss `{kind}` only compares reals with "
                "fakes: a constant added to every logit would change nothing",
                hint="take a loss that judges each image by itself, or leave the strategy out",
            )


def describe(session: Session) -> str:
    """`dcgan on avatars, 64 px, d-skip · cpu, bf16`."""
    store = session.store
    return f"{title_of(session.effective.plain(), store.name, store.shape.words)} · {session.arithmetic}"


def parameters_of(network: nn.Module) -> int:
    """Trainable parameters."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)


def sizes_of(session: Session) -> dict[str, int]:
    """Trainable parameters of both networks, by role."""
    step = session.step
    return {player.role.value: parameters_of(player.network) for player in (step.generator, step.discriminator)}
