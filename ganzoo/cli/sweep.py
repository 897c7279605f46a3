"""`ganzoo sweep`: many settings, many seeds, ranked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ganzoo.cli import options as o
from ganzoo.cli.common import complete_metric
from ganzoo.cli.run import Json, Quiet

Vary = Annotated[
    list[str] | None,
    typer.Option(
        help="NAME=VALUE,VALUE or NAME=LOW..HIGH, behind it ` log`: generator.latent_dim=64,128, "
        "'optimizers.generator.learning_rate=1e-5..1e-3 log', balance=none,d-skip. Repeatable."
    ),
]
Seeds = Annotated[int, typer.Option(help="Repeats of each setting.")]
Minimise = Annotated[str | None, typer.Option(help="The score to rank by, kd.", autocompletion=complete_metric)]
Maximise = Annotated[str | None, typer.Option(help="The same where higher is better.", autocompletion=complete_metric)]
Sampler = Annotated[str | None, typer.Option(help="grid, random, tpe; by default grid, with a range tpe.")]
Trials = Annotated[int | None, typer.Option(help="Settings to try; by default the whole grid, or 20.")]
Prune = Annotated[
    int | None,
    typer.Option(help="Stop a run without improvement for so many evaluations, if it is worse than the median."),
]
Jobs = Annotated[int | None, typer.Option(help="Runs at once; by default one a core, up to 4.")]
Out = Annotated[Path | None, typer.Option(help="The sweep's folder; by default a new one in sweeps/.")]
Resume = Annotated[Path | None, typer.Option(help="Go on with the sweep of this folder.")]
Storage = Annotated[str | None, typer.Option(help="A database for workers on many machines, postgresql://...")]
Name = Annotated[str | None, typer.Option(help="Of the sweep in the database.")]
Heartbeat = Annotated[int, typer.Option(help="Seconds between a worker's signs of life in the database.")]

SHOWN = frozenset({"quiet", "json"})
RESUMING = SHOWN | {"resume", "jobs"}
JOINING = SHOWN | {"storage", "name", "heartbeat", "out", "jobs"}
"""What may be said beside a sweep that is defined already."""


def sweep(
    context: typer.Context,
    recipe: o.Recipe = None,
    vary: Vary = None,
    seeds: Seeds = 1,
    minimise: Minimise = None,
    maximise: Maximise = None,
    sampler: Sampler = None,
    trials: Trials = None,
    prune: Prune = None,
    jobs: Jobs = None,
    out: Out = None,
    resume: Resume = None,
    storage: Storage = None,
    name: Name = None,
    heartbeat: Heartbeat = 60,
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
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Try many settings, each with several seeds, and rank them.

    ganzoo sweep dcgan --balance d-skip --vary balance.d-skip.threshold=0.6,0.7,0.8 --seeds 3 --minimise kd
    """
    from ganzoo import api
    from ganzoo.api.train import OPTIONS
    from ganzoo.cli.common import installed, print_json
    from ganzoo.cli.text import plain_text
    from ganzoo.cli.views.sweep import print_sweep
    from ganzoo.sweeping.start import Place
    from ganzoo.sweeping.vary import parse_vary

    installed()

    def tell(line: str) -> None:
        if not quiet:
            (sys.stderr if json else sys.stdout).write(plain_text(line) + "\n")
            sys.stdout.flush()

    asked = o.request(
        recipe, data, balance, metric, preset, config, settings,
        epochs=epochs, steps=steps, batch_size=batch_size, image_size=image_size, seed=seed, device=device,
        precision=precision, generator=generator, discriminator=discriminator, loss=loss,
        stop_when=stop_when or None, observer=observer,
    )  # fmt: skip
    place = Place(out=out, storage=storage, name=name, jobs=jobs, heartbeat_s=heartbeat)
    if resume is not None:
        _check_alone(context, RESUMING, "--resume")
        done = api.resume_sweep(resume, jobs=jobs, tell=tell)
    elif storage is not None and recipe is None and config is None and not vary:
        _check_alone(context, JOINING, "a sweep that the database has")
        done = api.join_sweep(place, tell)
    else:
        axes = [parse_vary(text, OPTIONS) for text in vary or ()]
        done = api.begin_sweep(
            asked, axes, place, tell, seeds=seeds, minimise=minimise, maximise=maximise, sampler=sampler,
            trials=trials, prune=prune,
        )  # fmt: skip
    if json:
        print_json(done.as_dict())
    else:
        print_sweep(done)


def _check_alone(context: typer.Context, fitting: frozenset[str], what: str) -> None:
    """Nothing was written that would be left unread: what a sweep tries was settled when it was begun.

    Raises:
        UsageError: something was; the message names it.
    """
    from ganzoo.errors import UsageError

    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE" and name not in fitting:
            written = parameter.opts[0] if parameter.param_type_name == "option" else name.upper()
            options = ", ".join(f"--{known}" for known in sorted(fitting - {"resume"}))
            raise UsageError(
                f"{written} does not go with {what}: what is tried was settled when the sweep was begun",
                hint=f"beside it there are {options}; other settings are another sweep: ganzoo sweep RECIPE --vary ...",
            )
