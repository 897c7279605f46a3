"""What one step draws: reals from the stream, images from G, and the random numbers of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import torch

from ganzoo.contracts import Batch, Generator, Moment, Role
from ganzoo.training.parts import Part, joined
from ganzoo.training.precision import Arithmetic, at_least_float32
from ganzoo.training.randomness import KeyedDraws, seed_layers
from ganzoo.training.ranks import Ranks
from ganzoo.training.turn import Turn

Purpose = tuple[object, ...]
"""What random numbers are for; part of their key."""


class RealImages(Protocol):
    """The endless stream of real images."""

    def take(self, start: int, count: int) -> Batch:
        """Images `start` to `start + count` of the stream, on the run's device."""
        ...


@dataclass(frozen=True, slots=True)
class Dealer:
    """Deals to this process its share of what all of them play with in one step.

    Attributes:
        moment: the step's.
        reals: where real images come from.
        generator: who makes the others.
        arithmetic: device and precision of G's forward.
        seed: of every random number.
        ranks: the processes that share the batch.
        microbatch: images whose graph a process holds at once, by role; absent: its whole share.
    """

    moment: Moment
    reals: RealImages
    generator: Generator
    arithmetic: Arithmetic
    seed: int
    ranks: Ranks
    microbatch: Mapping[Role, int]

    @property
    def share(self) -> Part:
        """This process's part of the batch."""
        return self.ranks.share(self.moment.batch_size)

    def parts(self, role: Role) -> list[Part]:
        """The share, in parts whose graph the process can hold in the role's update."""
        return self.share.cut(self.microbatch.get(role))

    def own(self, part: Part, batch: Batch) -> Batch:
        """A part's images, of a batch that holds the share or just them."""
        return batch if len(batch.images) == part.count else part.from_(batch, self.share)

    def real(self, turn: Turn) -> Batch:
        """The share of the next reals of the stream."""
        start = self.moment.images + turn.images
        turn.images += self.moment.batch_size
        return self.reals.take(start + self.share.first, self.share.count)

    def fake(self, paired_with: Batch, purpose: Purpose, *, with_gradient: bool) -> Batch:
        """G's share of images; those made in parts have no gradient, which is made when it is each part's turn."""
        parts = self.parts(Role.GENERATOR)
        graph = with_gradient and len(parts) == 1
        return joined([self.fake_part(part, paired_with, purpose, with_gradient=graph) for part in parts])

    def fake_part(self, part: Part, paired_with: Batch, purpose: Purpose, *, with_gradient: bool) -> Batch:
        """G's images for keyed latents, with the labels of the reals they are paired with."""
        latents = self.draws(part, *purpose, "latents").normal(self.generator.latent_dim)
        labels = self.own(part, paired_with).labels
        self.seed_layers(part, *purpose, "generator")
        with torch.set_grad_enabled(with_gradient), self.arithmetic.forward():
            images = self.generator(latents, labels)
        return Batch(at_least_float32(images), labels, latents)

    def draws(self, part: Part, *purpose: object) -> KeyedDraws:
        """Random numbers of one purpose in this step, for these images of the batch."""
        moment, device = self.moment, self.arithmetic.device
        return KeyedDraws(self.seed, (moment.step, *purpose), moment.batch_size, device, rows=part.rows)

    def seed_layers(self, part: Part, *purpose: object) -> None:
        """Random layers draw for the images they see: other images, other numbers."""
        begins = (part.first,) if part.first else ()
        seed_layers(self.arithmetic.device, self.seed, self.moment.step, *purpose, *begins)
