"""Does a loss keep its contract?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeVar

import torch
from torch import Tensor

from ganzoo.contracts import Loss, Split
from ganzoo.contracts.parts import LossConfig
from ganzoo.registry.specs import LossSpec
from ganzoo.testing.devices import META, require_neutral
from ganzoo.testing.rules import Rules, check_described, check_documented

L = TypeVar("L", bound=LossConfig)

SHAPES = ((8,), (8, 3))
EXTREME = 100.0
FAR = 10.0
"""From the middle of any loss, further than its margins."""


def check_loss(spec: LossSpec[L], config: L | None = None) -> None:
    """Check shapes, stability, directions, and what the loss declares of itself.

    Args:
        spec: the loss.
        config: its settings; by default their defaults.

    Raises:
        ContractError: a rule is broken.
    """
    rules = Rules(spec)
    check_described(rules, spec)
    loss = spec.build(config or spec.config())
    check_documented(rules, loss)
    rules.require(
        spec.targets == (loss.targets is not None),
        "its spec has `targets=True` if and only if the loss has `targets`",
        f"spec {spec.targets}, loss {loss.targets}",
    )
    for shape in SHAPES:
        real, fake = undecided(shape)
        _check_shapes(rules, loss, real, fake)
        _check_directions(rules, loss, real, fake)
        _check_declared(rules, loss, real, fake)
        _check_targets(rules, loss, real, fake)
        _check_device(rules, loss, real.to(META), fake.to(META))
    for dtype in (torch.float32, torch.bfloat16):
        _check_extremes(rules, loss, dtype)
    compares = _compares(loss)
    rules.require(
        spec.compares == compares,
        "its spec has `compares=True` if and only if a constant added to every logit leaves D's loss as it is",
        f"spec {spec.compares}, loss {compares}",
    )


def undecided(shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Logits between 0.2 and 0.8, where no loss here is flat: neither side is quite right, or wrong."""
    generator = torch.Generator().manual_seed(0)
    return tuple(0.2 + 0.6 * torch.rand(shape, generator=generator) for _ in range(2))  # type: ignore[return-value]  # of length 2


def g_loss(loss: Loss, real: Tensor, fake: Tensor) -> Tensor:
    """G's loss, given the reals where the loss says it reads them."""
    return loss.generator(fake, real if loss.generator_uses_real else None)


def total(split: Split) -> float:
    """What D minimises."""
    return float(split.real.mean() + split.fake.mean())


def _compares(loss: Loss) -> bool:
    real, fake = undecided(SHAPES[0])
    before, after = (total(loss.discriminator(real + shift, fake + shift)) for shift in (0.0, FAR))
    return math.isclose(before, after, abs_tol=1e-3)


def _check_shapes(rules: Rules, loss: Loss, real: Tensor, fake: Tensor) -> None:
    for name, value in (*_parts(loss, real, fake), *_correct(loss, real, fake)):
        rules.require(
            value.shape == real.shape,
            f"{name} has the shape of the logits; the step takes the mean",
            f"{tuple(value.shape)} for logits {tuple(real.shape)}",
        )
    for name, value in _correct(loss, real, fake):
        rules.require(value.dtype == torch.bool, f"{name} is boolean", str(value.dtype))
    for right in (True, False):
        sign = 3.0 if right else -3.0
        for name, value in _correct(loss, torch.full_like(real, sign), torch.full_like(fake, -sign)):
            rules.require(
                bool((value == right).all()),
                f"{name} is {right} everywhere at real logits {sign:+g} and fake logits {-sign:+g}",
            )


def _check_directions(rules: Rules, loss: Loss, real: Tensor, fake: Tensor) -> None:
    before = total(loss.discriminator(real, fake))
    after = total(loss.discriminator(real + 0.05, fake - 0.05))
    rules.require(
        after < before,
        "D's loss falls when reals' logits rise and fakes' fall",
        f"{before:.4f} to {after:.4f}",
    )
    fake = fake.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(g_loss(loss, real, fake).mean(), fake)
    rules.require(
        bool((gradient < 0).all()),
        "G's loss falls when any fake's logit rises",
        f"gradient {gradient.tolist()}",
    )


def _check_declared(rules: Rules, loss: Loss, real: Tensor, fake: Tensor) -> None:
    other = real.clone()
    other[-1] += 0.1
    if loss.generator_uses_real:
        rules.require(
            not torch.equal(loss.generator(fake, real), loss.generator(fake, other)),
            "`generator_uses_real` is declared, so G's loss depends on the reals",
        )
    if not loss.whole_batch:
        for (name, first), (_, second) in zip(_parts(loss, real, fake), _parts(loss, other, fake), strict=True):
            rules.require(
                torch.equal(first[:-1], second[:-1]),
                f"`whole_batch` is not declared, so {name} of an image does not depend on other images",
            )


def _check_targets(rules: Rules, loss: Loss, real: Tensor, fake: Tensor) -> None:
    if loss.targets is None:
        return
    rules.require(
        len(loss.targets) == 2 and all(0 <= target <= 1 for target in loss.targets),
        "`targets` are two numbers in [0, 1], for reals and for fakes",
        str(loss.targets),
    )
    an_image = (len(real), *(1,) * (real.dim() - 1))
    at_real, at_fake = (torch.full(an_image, target) for target in loss.targets)
    plain = loss.discriminator(real, fake)
    given = loss.discriminator(real, fake, Split(at_real, at_fake))
    rules.require(
        torch.allclose(plain.real, given.real) and torch.allclose(plain.fake, given.fake),
        "its own default `targets`, given one an image, change nothing",
    )
    soft = loss.discriminator(real, fake, Split((at_real + 0.5) / 2, (at_fake + 0.5) / 2))
    rules.require(
        not torch.allclose(plain.real, soft.real) and not torch.allclose(plain.fake, soft.fake),
        "`targets` are declared, so softer ones change D's loss on both sides",
    )


def _check_device(rules: Rules, loss: Loss, real: Tensor, fake: Tensor) -> None:
    require_neutral(rules, "D's loss", lambda: loss.discriminator(real, fake))
    require_neutral(rules, "G's loss", lambda: g_loss(loss, real, fake))
    require_neutral(rules, "`correct`", lambda: loss.correct(real, fake))


def _check_extremes(rules: Rules, loss: Loss, dtype: torch.dtype) -> None:
    values = torch.tensor([-EXTREME, 0.0, EXTREME], dtype=dtype)
    real = values.repeat(3).requires_grad_()
    fake = values.repeat_interleave(3).requires_grad_()
    for name, value in _parts(loss, real, fake):
        gradients = torch.autograd.grad(value.sum(), (real, fake), retain_graph=True, allow_unused=True)
        finite = all(bool(x.isfinite().all()) for x in (value, *gradients) if x is not None)
        rules.require(finite, f"{name} and its gradient are finite at logits of +-{EXTREME:g} in {dtype}")


def _parts(loss: Loss, real: Tensor, fake: Tensor) -> Iterator[tuple[str, Tensor]]:
    split = loss.discriminator(real, fake)
    yield "D's loss of reals", split.real
    yield "D's loss of fakes", split.fake
    yield "G's loss", g_loss(loss, real, fake)


def _correct(loss: Loss, real: Tensor, fake: Tensor) -> Iterator[tuple[str, Tensor]]:
    split = loss.correct(real, fake)
    yield "`correct` of reals", split.real
    yield "`correct` of fakes", split.fake
