"""The zoo: every architecture's tiny preset on the same images, the same number of them, three seeds.

    python examples/zoo/zoo.py                       everything that is not done yet (some minutes a run)
    python examples/zoo/zoo.py --names r3gan sngan   these only
    python examples/zoo/zoo.py --speed               images/s of each, on an idle machine
    python examples/zoo/zoo.py --write               only the page, from the results so far

Each finished run leaves one small JSON file in `results/`, and a strip of its samples: the zoo goes on where it
stopped, architecture by architecture, and an interrupted run is resumed. The page is `docs/explanation/zoo.md`. Speed
is measured apart, as the runs may share their machine with other work.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path

import torch
from entries import ENTRIES, Entry
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

import ganzoo
from ganzoo.config.compose import Request, compose
from ganzoo.contracts import Discriminator, Generator
from ganzoo.registry.catalogue import catalogue
from ganzoo.training.session import build_session, parameters_of

HERE = Path(__file__).parent
RESULTS = HERE / "results"
SCORE = "kd-efficientnet-lite0"
EPOCHS = 12
STRIP = 10
"""Samples of a run that are kept for the page."""
SPEED_STEPS = 60
SETTINGS: dict[str, object] = {
    "data.image_size": 32,
    "evaluation.every_kimg": 4.0,
    "evaluation.images": 1024,
    "evaluation.budget": "none",
    "evaluation.memorising": False,
    "samples.every_kimg": 8.0,
    "checkpoints.every_kimg": 16.0,
}


def main() -> None:
    """Run what is asked for and not done, then write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--names", nargs="*", default=[entry.name for entry in ENTRIES], help="all by default")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--runs", type=Path, default=Path("runs/zoo"), help="where runs are kept")
    parser.add_argument("--speed", action="store_true", help="only measure images/s")
    parser.add_argument("--write", action="store_true", help="only write the page")
    given = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    asked = [entry for entry in ENTRIES if entry.name in given.names]
    if given.speed:
        measure_speed(asked, given.runs)
    elif not given.write:
        for seed in given.seeds:  # one seed of everything first: an early look at the whole table
            for entry in asked:
                if not result_path(entry, seed).exists():
                    result = measure(entry, seed, given.runs)
                    result_path(entry, seed).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
                    print(f"{entry.name} seed {seed}: {result['first']:.3f} -> {result['last']:.3f}", flush=True)
    from page import write_page  # beside this file

    write_page()


def result_path(entry: Entry, seed: int) -> Path:
    """Where the result of a run is kept."""
    return RESULTS / f"{entry.name}-{seed}.json"


def strip_path(entry: Entry, seed: int) -> Path:
    """Where a run's last samples are kept."""
    return result_path(entry, seed).with_suffix(".png")


def measure(entry: Entry, seed: int, runs: Path) -> dict[str, object]:
    """Train, or go on training, one architecture with one seed, and sum it up."""
    path = runs / f"{entry.name}-{seed}"
    started = time.perf_counter()
    if (path / "config.toml").exists():
        run = ganzoo.resume(path)
    else:
        run = ganzoo.run(entry.name, preset=entry.preset, settings=SETTINGS, epochs=EPOCHS, seed=seed, out=path)
    keep_strip(run, strip_path(entry, seed))
    curve = [(event["data"]["images"], event["data"]["scores"][SCORE]) for event in run.directory.evaluations()]
    return {
        "name": entry.name,
        "preset": entry.preset,
        "seed": seed,
        **size(entry),
        "first": curve[0][1],
        "last": curve[-1][1],
        "best": min(score for _, score in curve),
        "curve": curve,
        "verdict": run.metrics[-1]["verdict"],
        "protocol": run.directory.evaluations()[-1]["data"].get("protocol", {}),
        "minutes": (time.perf_counter() - started) / 60,
        "machine": f"{platform.machine()}, {platform.system()}",
        "arithmetic": json.loads(run.directory.environment.read_text(encoding="utf-8"))["arithmetic"],
    }


def keep_strip(run: ganzoo.Run, path: Path) -> None:
    """The first samples of the averaged generator, side by side."""
    images = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in run.sample(STRIP)]
    strip = Image.new("RGB", (sum(image.width for image in images), images[0].height))
    for index, image in enumerate(images):
        strip.paste(image, (index * image.width, 0))
    strip.save(path, optimize=True)


def size(entry: Entry) -> dict[str, int]:
    """Parameters of both networks, and the multiply-adds of one image through each."""
    settings = [f"{path}={value}" for path, value in SETTINGS.items()]
    config = compose(Request(recipe=entry.name, preset=entry.preset, settings=settings), catalogue())
    config = config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})
    step = build_session(config, catalogue()).step
    generator, discriminator = step.generator.network, step.discriminator.network
    parameters = parameters_of(generator), parameters_of(discriminator)
    adds = multiply_adds(generator, discriminator)  # which freezes them
    return {
        "parameters_generator": parameters[0],
        "parameters_discriminator": parameters[1],
        "multiply_adds_generator": adds[0],
        "multiply_adds_discriminator": adds[1],
    }


@torch.no_grad()
def multiply_adds(generator: Generator, discriminator: Discriminator) -> tuple[int, int]:
    """Of one image through G and through D: half of the operations that torch counts in convolutions and products."""
    count = discriminator.group_size
    labels = None if generator.num_classes is None else torch.zeros(count, dtype=torch.int64)
    counted = []
    images = torch.empty(0)
    for network in (generator, discriminator):
        network.eval().requires_grad_(False)  # the counter follows what wants a gradient
    for forward in ("generator", "discriminator"):
        with FlopCounterMode(display=False) as counter:
            if forward == "generator":
                images = generator(torch.zeros(count, generator.latent_dim), labels)
            else:
                discriminator(images, labels)
        counted.append(counter.get_total_flops() // (2 * count))
    return counted[0], counted[1]


def measure_speed(entries: list[Entry], runs: Path) -> None:
    """Images a second of each, the median tick of a short run that neither evaluates nor draws."""
    path = RESULTS / "speed.json"
    speeds: dict[str, float] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    quiet = {"evaluation.every_kimg": "none", "evaluation.at_end": False, "samples.every_kimg": 1e6}
    for entry in entries:
        out = runs / f"speed-{entry.name}-{time.monotonic_ns()}"
        settings = {**SETTINGS, **quiet, "logging.tick_steps": 10}
        run = ganzoo.run(entry.name, preset=entry.preset, settings=settings, steps=SPEED_STEPS, out=out)
        ticks = sorted(tick["images_per_s"] for tick in run.metrics)
        speeds[entry.name] = ticks[len(ticks) // 2]
        print(f"{entry.name}: {speeds[entry.name]:.0f} images/s", flush=True)
    path.write_text(json.dumps(speeds, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
