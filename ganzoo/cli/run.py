"""`ganzoo run`: train."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import options as o

Out = Annotated[Path | None, typer.Option(help="Run directory; by default a new one in runs/.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing while training.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def run(
    recipe: o.Recipe = None,
    data: o.Data = None,
    balance: o.BalanceParts = None,
    epochs: o.Epochs = None,
    steps: o.Steps = None,
    batch_size: o.BatchSize = None,
    image_size: o.ImageSize = None,
    seed: o.Seed = None,
    device: o.Device = None,
    precision: o.Precision = None,
    stop_when: o.StopWhen = None,
    preset: o.PresetName = None,
    out: Out = None,
    metric: o.MetricParts = None,
    observer: o.ObserverParts = None,
    generator: o.GeneratorName = None,
    discriminator: o.DiscriminatorName = None,
    loss: o.LossName = None,
    config: o.ConfigFile = None,
    settings: o.Settings = None,
    processes: o.Processes = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Train a GAN: ganzoo run dcgan --data photos/."""
    from ganzoo.cli.common import installed

    installed()
    asked = o.request(
        recipe, data, balance, metric, preset, config, settings,
        epochs=epochs, steps=steps, batch_size=batch_size, image_size=image_size, seed=seed, device=device,
        precision=precision, generator=generator, discriminator=discriminator, loss=loss,
        stop_when=stop_when or None, observer=observer,
    )  # fmt: skip
    from ganzoo.cli.processes import in_processes

    if in_processes(processes, asked):
        return
    from ganzoo.api import start
    from ganzoo.cli.ending import print_ending, watchers
    from ganzoo.cli.views.reading import shown_progress

    with shown_progress(sys.stderr) as progress:
        done = start(asked, out, watchers(quiet=quiet, as_json=json), None if quiet else progress)
    print_ending(done, quiet=quiet, as_json=json)
