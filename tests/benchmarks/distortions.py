"""How far small distortions of real images move the kernel and the Frechet distance: what a score sees.

    python tests/benchmarks/distortions.py    # about two minutes

Of the avatars at 32 px one half is compared with the other, and with the other distorted. The table stands in
docs/reference/metrics.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import EvaluationSection
from ganzoo.data.named import load_named
from ganzoo.evaluation import build_evaluator
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind

GREY = 2 / 255
"""One of the 256 grey levels, of images in [-1, 1]."""
BACKBONE = "efficientnet-lite0"
METRICS = ("kd", "fd")


def noisy(levels: float) -> Callable[[Tensor], Tensor]:
    """Noise of its own on each pixel and colour."""
    return lambda images: images + levels * GREY * torch.randn(images.shape, generator=torch.Generator().manual_seed(1))


def brighter(levels: float) -> Callable[[Tensor], Tensor]:
    return lambda images: images + levels * GREY


def blurred(sigma: float) -> Callable[[Tensor], Tensor]:
    return lambda images: gaussian_blur(images, [5, 5], [sigma, sigma])


DISTORTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "nothing": lambda images: images,
    "noise of 1 of 255 grey levels": noisy(1),
    "noise of 2": noisy(2),
    "noise of 4": noisy(4),
    "noise of 8": noisy(8),
    "all brighter by 4": brighter(4),
    "blur, sigma 0.4 px": blurred(0.4),
    "blur, sigma 0.6 px": blurred(0.6),
    "left and right exchanged": lambda images: images.flip(3),
}


def main() -> None:
    settings = compose(Request(recipe="dcgan", data="avatars", settings=["data.image_size=32"]), catalogue()).data
    avatars = load_named(settings, catalogue())
    reals = replace(avatars, images=avatars.images[0::2], fingerprint=f"every second of {avatars.fingerprint}")
    others = torch.from_numpy(np.array(avatars.images[1::2])).permute(0, 3, 1, 2) / 127.5 - 1
    section = EvaluationSection(
        metrics={name: catalogue().find(Kind.METRIC, name).config() for name in METRICS}, images=len(others)
    )
    sys.stdout.write(f"| distortion | {' | '.join(f'`{name}`' for name in METRICS)} |\n|---|--:|--:|\n")
    with tempfile.TemporaryDirectory() as folder:
        evaluator = build_evaluator(section, catalogue(), reals, torch.device("cpu"), Path(folder))
        for name, distort in DISTORTIONS.items():
            distorted = distort(others).clamp(-1, 1)
            scores = evaluator(lambda start, count, made=distorted: made[start : start + count], {}).scores
            row = " | ".join(f"{scores[f'{metric}-{BACKBONE}']:.3g}" for metric in METRICS)
            sys.stdout.write(f"| {name} | {row} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
