"""The shape of a run's configuration. What a plugin adds hangs in it as its own config class."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SerializeAsAny, model_serializer, model_validator

from ganzoo.config.conditions import ailment_named, checked_condition, one_or_several
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
from ganzoo.contracts.record import Record
from ganzoo.contracts.schedule import NotNegative

P = TypeVar("P", bound=PartConfig)


class Section(Record):
    """A part of the configuration that is ganzoo's own."""


class Choice(Section, Generic[P]):
    """A part chosen by name, with its settings: `kind = "dcgan"` beside `width = 32` in one table."""

    kind: str
    """Name of the part."""
    settings: SerializeAsAny[P]
    """Its settings."""

    @model_serializer
    def _one_table(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.settings.model_dump(mode="json")}


class OptimizersSection(Section):
    """One optimiser a network."""

    generator: Choice[OptimizerConfig]
    """G's optimiser."""
    discriminator: Choice[OptimizerConfig]
    """D's optimiser."""


class DataSection(Section):
    """Which images, and how they become arrays of one shape."""

    source: Choice[DatasetConfig]
    """The data set; `--data` takes its name, or a folder, or a zip."""
    image_size: int = Field(default=64, ge=4, le=1024)
    """Height and width in pixels."""
    channels: Literal[1, 3, 4] = 3
    """1 grey, 3 RGB, 4 RGB with alpha. Images are converted."""
    fit: Literal["crop", "pad", "stretch"] = "crop"
    """How another aspect ratio becomes a square: cut the longer side, add borders, or distort."""
    background: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#ffffff"
    """Colour under transparent pixels and in borders, `#rrggbb`."""
    horizontal_flip: bool = False
    """Mirror every other image at random."""
    held_out: float = Field(default=0.02, ge=0, le=0.5)
    """Share of the images kept from training, by which the doctor tells whether D learns by heart. Fewer than 16 are
    not worth it: a small set is trained on whole."""
    labels: bool = False
    """Train conditionally on the data set's labels, where the architecture can."""
    max_pixels: int = Field(default=100_000_000, ge=1)
    """A file that claims more pixels than this is left out (decompression bombs)."""
    memory_gb: float = Field(default=4.0, ge=0)
    """Decoded images up to this size are held in memory; larger sets are mapped from the cache on disk."""


class RollbackSection(Section):
    """Going back to an earlier checkpoint when a run has gone wrong, with lower rates and other draws."""

    on: Annotated[tuple[Annotated[str, AfterValidator(ailment_named)], ...], BeforeValidator(one_or_several)] = ()
    """Verdicts of the doctor on which the run goes back, `["mode-collapse", "diverging"]`. To the best checkpoint where
    it is older than the ailment, else to the newest that is."""
    rate: float = Field(default=0.5, gt=0, le=1)
    """Factor on both learning rates at each return."""
    at_most: int = Field(default=3, ge=0)
    """Returns on verdicts in one run; after that it goes on as it is."""


class MicrobatchSection(Section):
    """Images whose graph a process holds at once: a batch larger than the memory trains, a part after the other."""

    generator: int | None = Field(default=None, ge=1)
    """In G's update; none: the process's whole share of the batch."""
    discriminator: int | None = Field(default=None, ge=1)
    """In D's update, likewise."""


def one_for_both(value: Any) -> Any:  # whatever the user wrote; pydantic checks it next
    """`training.microbatch = 16` is meant for both networks."""
    return value if isinstance(value, dict | MicrobatchSection) else {"generator": value, "discriminator": value}


class TrainingSection(Section):
    """How long, how, and where."""

    epochs: float | None = Field(default=None, gt=0, le=1e9)
    """Passes over the data set. Give this or `steps`."""
    steps: int | None = Field(default=None, ge=1, le=2**40)
    """Turns of the loop. Give this or `epochs`."""
    batch_size: int = Field(default=64, ge=1, le=2**20)
    """Images a batch, over all processes."""
    microbatch: Annotated[MicrobatchSection, BeforeValidator(one_for_both)] = MicrobatchSection()
    """Images whose graph a process holds at once; one number for both networks, or one for each."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    """Every random number is a function of this, the purpose, the step, and the image."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the networks live; auto takes a GPU if there is one."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Arithmetic of the forward and backward; auto takes bf16 where the machine is fast at it. Weights are fp32."""
    reuse_fakes: bool = True
    """G learns from the fakes D has just judged, as PyTorch's example does, which saves a forward; false draws
    fresh ones, as the paper's algorithm does (G's BatchNorm then updates twice a step). With one update each."""
    ema_beta: float = Field(default=0.99, ge=0, lt=1)
    """Weight of the past in the moving average of G's weights, a step; 0 turns it off."""
    stop_when: Annotated[
        tuple[Annotated[str, AfterValidator(checked_condition)], ...], BeforeValidator(one_or_several)
    ] = ()
    """Ends the run before its length is reached: `kd:patience=5` when a score has not improved for five evaluations,
    `kd:reaches=2.5` when it is that good, `mode-collapse:patience_kimg=20` when a verdict of the doctor stands so long.
    The first that holds ends it."""
    retries: int = Field(default=3, ge=0)
    """Returns to the last good checkpoint, with rates lowered by `rollback.rate`, where update after update is not
    finite; after that the run ends."""
    rollback: RollbackSection = RollbackSection()
    """Returns on verdicts of the doctor; off unless some are named."""
    ema_half_life_kimg: NotNegative | None = None
    """Instead of `ema_beta`: thousand real images after which weights count half in the average, a number or a
    schedule; none: `ema_beta` decides."""

    @model_validator(mode="after")
    def _one_length(self) -> TrainingSection:
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("give `epochs` or `steps`, one of them")
        return self


class SamplesSection(Section):
    """The grid people look at: the same latents throughout, drawn by the averaged generator."""

    count: int = Field(default=64, ge=1, le=1024)
    """Images in a grid."""
    every_kimg: float = Field(default=4.0, gt=0)
    """Thousand real images between two grids."""
    gif_fps: float = Field(default=6.0, gt=0, le=50)
    """Frames a second of training.gif."""


class EvaluationSection(Section):
    """Scores while training and at the end."""

    metrics: dict[str, SerializeAsAny[MetricConfig]] = Field(default_factory=dict)
    """Metrics by name, with their settings."""
    features: dict[str, SerializeAsAny[FeaturesConfig]] = Field(default_factory=dict)
    """Settings of backbones, by name, where their defaults will not do."""
    images: int = Field(default=2048, ge=2)
    """Generated images, and at most as many reals, a score is computed from."""
    repeats: int = Field(default=1, ge=1, le=100)
    """Evaluations with other latents each time, `images` at once; scores are their mean, and their spread gives the
    standard error."""
    every_kimg: float | None = Field(default=40.0, gt=0)
    """Thousand real images between two evaluations while training; none: only at the end."""
    at_end: bool = True
    """Evaluate when training has finished."""
    memorising: bool = True
    """Then, where anything is scored, also look for copies of training images among the generated ones; a picture shows
    the nearest pairs."""
    budget: float | None = Field(default=0.1, gt=0, lt=1)
    """Share of the run's time that evaluations while training, with the one at the end, may take: where they would take
    more, they come less often, and if need be with fewer images. none: no limit, as often as `every_kimg` says."""
    best_by: str | None = None
    """Score by which the best checkpoint is chosen; none: the first that can be ranked."""


class CheckpointsSection(Section):
    """What is kept to go on from."""

    every_kimg: float = Field(default=16.0, gt=0)
    """Thousand real images between two checkpoints."""
    every_minutes: float | None = Field(default=10.0, gt=0)
    """Minutes after which one is written in any case; none: by images alone."""
    keep_last: int = Field(default=2, ge=1)
    """Checkpoints kept, beside the best."""
    keep_every_kimg: float | None = Field(default=None, gt=0)
    """Keep for good the first checkpoint after each so many thousand real images; none: no others are kept."""


class LoggingSection(Section):
    """What is written down and who watches."""

    tick_steps: int = Field(default=25, ge=1)
    """Steps between two readings of the numbers."""
    observers: dict[str, SerializeAsAny[ObserverConfig]] = Field(default_factory=dict)
    """Observers by name, with their settings."""


class RunConfig(Section):
    """Everything a run depends on; written to config.toml, from which it can be repeated."""

    recipe: str
    """Name of the architecture."""
    preset: str | None = None
    """Name of the recipe's preset that was applied."""
    generator: Choice[GeneratorConfig]
    """The network that makes images."""
    discriminator: Choice[DiscriminatorConfig]
    """The network that judges them."""
    loss: Choice[LossConfig]
    """The adversarial loss."""
    optimizers: OptimizersSection
    """One optimiser a network."""
    method: dict[str, SerializeAsAny[StrategyConfig]] = Field(default_factory=dict)
    """Strategies that belong to the architecture."""
    balance: dict[str, SerializeAsAny[StrategyConfig]] = Field(default_factory=dict)
    """Balancing strategies by name, in order."""
    data: DataSection
    """Which images."""
    training: TrainingSection
    """How long, how, and where."""
    samples: SamplesSection = SamplesSection()
    """The grid people look at."""
    evaluation: EvaluationSection = EvaluationSection()
    """Scores."""
    checkpoints: CheckpointsSection = CheckpointsSection()
    """What is kept to go on from."""
    logging: LoggingSection = LoggingSection()
    """What is written down."""

    def plain(self) -> dict[str, Any]:
        """As nested plain values, which TOML and JSON can hold."""
        return self.model_dump(mode="json")
