"""The options that compose a run, shared by `ganzoo run` and `ganzoo config`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ganzoo.cli.common import (
    complete_architecture,
    complete_balance,
    complete_dataset,
    complete_metric,
    complete_observer,
)

if TYPE_CHECKING:
    from ganzoo.config.compose import Request

Recipe = Annotated[
    str | None,
    typer.Argument(
        metavar="RECIPE", help="The architecture: `ganzoo list architecture`.", autocompletion=complete_architecture
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        metavar="PATH|NAME", help="A folder or zip of images, or a data set's name.", autocompletion=complete_dataset
    ),
]
BalanceParts = Annotated[
    list[str] | None,
    typer.Option(
        "--balance",
        metavar="NAME",
        help="A strategy, d-skip:threshold=0.8. Repeatable; they compose.",
        autocompletion=complete_balance,
    ),
]
MetricParts = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="A score, ssim:pairs=200. Repeatable. `none`: no scores.",
        autocompletion=complete_metric,
    ),
]
ObserverParts = Annotated[
    list[str] | None,
    typer.Option(
        "--observer",
        metavar="NAME",
        help="Who watches beside the terminal, tensorboard. Repeatable. `none`: nobody.",
        autocompletion=complete_observer,
    ),
]
PresetName = Annotated[
    str | None, typer.Option("--preset", metavar="NAME", help="One of the recipe's presets: `ganzoo show RECIPE`.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="A TOML or YAML file; a run's config.toml.")
]
Epochs = Annotated[float | None, typer.Option(help="Passes over the data.")]
Steps = Annotated[int | None, typer.Option(help="Length in steps, instead of epochs.")]
BatchSize = Annotated[int | None, typer.Option(help="Images a batch.")]
ImageSize = Annotated[int | None, typer.Option(help="Height and width in pixels.")]
Seed = Annotated[int | None, typer.Option(help="Of every random number.")]
Device = Annotated[str | None, typer.Option(metavar="NAME", help="auto, cpu, cuda, mps.")]
Precision = Annotated[str | None, typer.Option(metavar="NAME", help="auto, fp32, bf16.")]
GeneratorName = Annotated[str | None, typer.Option("--generator", metavar="NAME", help="Another generator.")]
DiscriminatorName = Annotated[
    str | None, typer.Option("--discriminator", metavar="NAME", help="Another discriminator.")
]
LossName = Annotated[str | None, typer.Option("--loss", metavar="NAME", help="Another loss.")]
StopWhen = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHEN", help="End early: kd:patience=5, kd:reaches=2.5, mode-collapse:patience_kimg=20. Repeatable."
    ),
]
Processes = Annotated[
    int | None, typer.Option(min=1, help="Processes on this machine that share each batch; they divide its threads.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SETTING", help="Any other setting, training.ema_beta=0.995. Repeatable."),
]


def request(
    recipe: str | None,
    data: str | None,
    balance: list[str] | None,
    metric: list[str] | None,
    preset: str | None,
    config: Path | None,
    settings: list[str] | None,
    observer: list[str] | None = None,
    **options: str | float | list[str] | None,
) -> Request:
    """What the command line asked for."""
    from ganzoo.api import option_overrides
    from ganzoo.config.compose import Request

    return Request(
        recipe=recipe,
        preset=preset,
        config=config,
        data=data,
        balance=balance or (),
        metrics=metric or (),
        observers=observer or (),
        options=option_overrides(options, prefix="--"),
        settings=settings or (),
    )
