"""`ganzoo config`: what a run would be configured with."""

from __future__ import annotations

import sys

import typer

from ganzoo.cli import options as o

app = typer.Typer(help="Look at configurations before running them.", no_args_is_help=True)


@app.command()
def resolve(
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
    metric: o.MetricParts = None,
    observer: o.ObserverParts = None,
    generator: o.GeneratorName = None,
    discriminator: o.DiscriminatorName = None,
    loss: o.LossName = None,
    config: o.ConfigFile = None,
    settings: o.Settings = None,
) -> None:
    """Print a run's whole configuration as TOML. `ganzoo run --config` takes it."""
    from ganzoo.cli.common import installed
    from ganzoo.config.compose import compose
    from ganzoo.config.writing import to_toml

    found = installed()
    asked = o.request(
        recipe, data, balance, metric, preset, config, settings,
        epochs=epochs, steps=steps, batch_size=batch_size, image_size=image_size, seed=seed, device=device,
        precision=precision, generator=generator, discriminator=discriminator, loss=loss,
        stop_when=stop_when or None, observer=observer,
    )  # fmt: skip
    sys.stdout.write(to_toml(compose(asked, found)))


@app.command()
def schema() -> None:
    """Print the JSON schema of a configuration. With the settings of every installed part."""
    from ganzoo.cli.common import installed, print_json
    from ganzoo.config.describe import schema as schema_of

    print_json(schema_of(installed()))
