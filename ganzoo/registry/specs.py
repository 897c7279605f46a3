"""What a plugin's hooks return: frozen records with a torch-free config class and a `build` that imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from ganzoo.contracts.ailments import Ailment, Remedy
from ganzoo.contracts.parts import (
    DatasetConfig,
    DiscriminatorConfig,
    FeaturesConfig,
    GeneratorConfig,
    LossConfig,
    MetricConfig,
    ObserverConfig,
    OptimizerConfig,
    PartConfig,
    StrategyConfig,
)

if TYPE_CHECKING:
    import torch
    import typer

    from ganzoo.contracts import (
        BalancingStrategy,
        Dataset,
        Discriminator,
        FeatureExtractor,
        Generator,
        ImageFiles,
        ImageShape,
        Loss,
        Metric,
        Observer,
        Points,
    )

C = TypeVar("C", bound=PartConfig)
G = TypeVar("G", bound=GeneratorConfig)
D = TypeVar("D", bound=DiscriminatorConfig)
L = TypeVar("L", bound=LossConfig)
O = TypeVar("O", bound=OptimizerConfig)  # noqa: E741 - one letter a kind
S = TypeVar("S", bound=StrategyConfig)
M = TypeVar("M", bound=MetricConfig)
F = TypeVar("F", bound=FeaturesConfig)
A = TypeVar("A", bound=DatasetConfig)
W = TypeVar("W", bound=ObserverConfig)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What every part says of itself.

    Attributes:
        name: as typed by the user, `d-skip`.
        summary: one line, shown by `ganzoo list`.
        source: paper or reference; "" only for parts that follow no one.
        default: used where a configuration names no other of its kind. Honoured in ganzoo's own parts only: an
            installed package changes no run that does not name it.
        example: a command that shows it, for parts with which the usual one does not work.
    """

    name: str
    summary: str
    source: str = ""
    default: bool = False
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfiguredSpec(Spec, Generic[C]):
    """A part with settings.

    Attributes:
        config: the settings' model; torch-free.
    """

    config: type[C]


@dataclass(frozen=True, kw_only=True)
class GeneratorSpec(ConfiguredSpec[G]):
    """A generator by itself, to be combined with any discriminator of the same shape.

    Attributes:
        points: it can make points too, shapes of one pixel.
    """

    points: bool = False
    build: Callable[[G, ImageShape], Generator]


@dataclass(frozen=True, kw_only=True)
class DiscriminatorSpec(ConfiguredSpec[D]):
    """A discriminator by itself.

    Attributes:
        points: it can judge points too, shapes of one pixel.
    """

    points: bool = False
    build: Callable[[D, ImageShape], Discriminator]


@dataclass(frozen=True, kw_only=True)
class LossSpec(ConfiguredSpec[L]):
    """An adversarial loss.

    Attributes:
        targets: it has label targets, as `Loss.targets` says; here too, so that advice can be given without torch.
        compares: it only compares reals with fakes, as relativistic losses and Wasserstein's do: a constant added to
            every logit changes nothing, so that a logit by itself says nothing.
    """

    build: Callable[[L], Loss]
    targets: bool = False
    compares: bool = False


@dataclass(frozen=True, kw_only=True)
class OptimizerSpec(ConfiguredSpec[O]):
    """An optimiser; `build` is given the parameters and the rate at the start.

    Attributes:
        moving: settings beside the rate that may follow a schedule: what the optimiser's groups hold after so many
            thousand real images, {"betas": (0.0, 0.95)}; None: none may.
    """

    build: Callable[[O, Sequence[torch.nn.Parameter], float], torch.optim.Optimizer]
    moving: Callable[[O, float], Mapping[str, object]] | None = None


class Trait(StrEnum):
    """What a strategy does, where that decides what it can be combined with."""

    GATES = "gates"
    """Refuses updates."""
    PLANS = "plans"
    """Has an opinion on the number of updates."""
    PLAYS = "plays"
    """Takes over the whole turn."""
    HOLDS_ACCURACY = "holds-accuracy"
    """Controls D by D's accuracy: two such controllers fight over one signal."""
    REMEMBERS_BATCHES = "remembers-batches"
    """Keeps something of each batch it sees, and so would see the looks of a played turn as batches of their own."""
    SLOPE_AT_REALS = "slope-at-reals"
    """Adds a penalty on D's slope at reals, R1: two would be one of another strength."""
    SLOPE_AT_FAKES = "slope-at-fakes"
    """Adds a penalty on D's slope at fakes, R2: likewise."""
    CHANGES_TARGETS = "changes-targets"
    """Needs a loss with label targets."""
    TAKES_SIDES_APART = "takes-sides-apart"
    """Reads or weighs what D says of one side alone, and so needs a loss that does not only compare the two."""
    IMAGES_ONLY = "images-only"
    """Works on pixels and their neighbours, which points do not have."""


@dataclass(frozen=True, kw_only=True)
class BalancingSpec(ConfiguredSpec[S]):
    """A balancing strategy.

    Attributes:
        traits: what it does, where that decides what it can be combined with.
        helps: what it helps against, for the doctor's advice.
    """

    build: Callable[[S], BalancingStrategy]
    traits: frozenset[Trait] = frozenset()
    helps: Mapping[Ailment, Remedy] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CompositionSpec(Spec):
    """Several levers under one name, for people who do not want to choose: `--balance steady`.

    A run's configuration holds what the name stands for, not the name: it repeats the run whatever becomes of it.

    Attributes:
        strategies: by name, with their settings.
        settings: others that belong to it, by dotted path: a loss, a rate.
        where_possible: settings that only some parts have, `{"discriminator.norm": "none"}`; left out elsewhere.
        helps: what it helps against, for the doctor's advice.
    """

    strategies: Mapping[str, Mapping[str, object]]
    settings: Mapping[str, object] = field(default_factory=dict)
    where_possible: Mapping[str, object] = field(default_factory=dict)
    helps: Mapping[Ailment, Remedy] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MetricSpec(ConfiguredSpec[M]):
    """A metric.

    Attributes:
        lower_is_better: direction of its scores; None: a figure to watch, not to rank by.
        needs_reals: compares with real images.
        points: scores points; without it, images.
        scores: what the names of its scores begin with, `("precision", "recall")`; empty: with its own name. So that
            `--stop-when recall` can be checked before training.
    """

    build: Callable[[M], Metric]
    lower_is_better: bool | None = True
    needs_reals: bool = True
    points: bool = False
    scores: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FeaturesSpec(ConfiguredSpec[F]):
    """A backbone. `build` raises `UsageError` where its weights cannot be had, naming the ways out."""

    build: Callable[[F], FeatureExtractor]


@dataclass(frozen=True, kw_only=True)
class DatasetSpec(ConfiguredSpec[A]):
    """A data set by name.

    Attributes:
        build: answers with files for the core to read, with arrays, or with points.
        argument: the setting that `--data name:VALUE` sets; "" for none.
        licence: of the images, for the model card.
        points: it is made of points: `build` answers with `Points`.
        metrics: what scores a generator of these data where the user names nothing, instead of ganzoo's defaults; by
            name, with their settings. Empty: the defaults.
        settings: others that belong to the data, by dotted path, over the recipe's and under the user's.
    """

    build: Callable[[A], ImageFiles | Dataset | Points]
    argument: str = ""
    licence: str = ""
    points: bool = False
    metrics: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ObserverSpec(ConfiguredSpec[W]):
    """Someone who watches a run; `build` is given the run directory."""

    build: Callable[[W, Path], Observer]


@dataclass(frozen=True)
class Preset:
    """Named settings of a recipe: `--preset paper`.

    Attributes:
        summary: one line.
        settings: by dotted path, over the recipe's own; a whole `method` takes the place of the recipe's, and its
            strategies keep what the recipe sets for them.
    """

    summary: str
    settings: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ArchitectureSpec(Spec):
    """A recipe: a generator, a discriminator, a loss, and the tuned settings that belong to them.

    Attributes:
        generator: name of the generator.
        discriminator: name of the discriminator.
        loss: name of the loss.
        method: strategies that belong to the architecture, by name, with their settings; `--balance` leaves them.
        settings: defaults by dotted path, `{"optimizers.generator.learning_rate": 1e-3}`.
        presets: named sets of settings.
    """

    generator: str
    discriminator: str
    loss: str
    method: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CommandSpec(Spec):
    """A verb of the command line: `ganzoo NAME ...`. `build` answers with a Typer application."""

    build: Callable[[], typer.Typer]
