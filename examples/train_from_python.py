"""Train from Python, look at the numbers, draw images, and use the generator in a program of one's own.

    python examples/train_from_python.py [DATA [OUT [STEPS]]]

DATA is a folder or zip of images, or the name of a data set; OUT the run directory, new or empty.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

import ganzoo


def main(data: str = "avatars", out: str = "runs/from-python", steps: str = "600") -> None:
    run = ganzoo.run("dcgan", data=data, balance=["d-skip"], preset="tiny", metrics=["ssim"], out=out, steps=int(steps))

    for tick in run.metrics:
        numbers = tick["values"]
        print(f"step {tick['step']}: D {numbers['loss_discriminator']:.2f}, {tick['verdict']}")
    for name, score in run.scores.items():
        print(f"{name}: {score:.3g}")
    for name, path in run.report.items():
        print(f"{name}: {path}")

    images = run.sample(16)  # [16, C, H, W] uint8; the same seed, the same images
    print(f"drew {tuple(images.shape)} {images.dtype}, the first pixel is {images[0, :, 0, 0].tolist()}")
    print(f"the generator has {sum(weights.numel() for weights in run.generator.parameters()):,} weights")

    # Anywhere else, later: a trained generator is an nn.Module, latents in, images in [-1, 1] out.
    generator = ganzoo.load_generator(Path(out))
    latents = torch.randn(4, generator.latent_dim)
    between = torch.lerp(latents[:1], latents[1:2], torch.linspace(0, 1, 5)[:, None])
    print(f"from one image to another in {len(generator(between))} steps")


if __name__ == "__main__":
    main(*sys.argv[1:])
