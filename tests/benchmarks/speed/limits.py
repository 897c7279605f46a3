"""How far from what this machine can do: multiply-adds of a step, over the rates of its best kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import torch
from bare import FAST_BF16, BareLoop, Levers
from making import BATCH, folder_of_faces, session_of
from measuring import Figure, Row, Scale, by_turns, median_of, seconds
from torch.utils.flop_counter import FlopCounterMode
from training import Running

WIDTH = 64
PRECISIONS = {"bf16": torch.bfloat16, "fp32": torch.float32}
SIDE = 2048
"""Of the square matrices of the product: large enough that more does not help here."""
ROWS = tuple(
    Row(f"limit-{name}", f"share of the rate of a large product that a step reaches, {name}", None, unit="")
    for name in PRECISIONS
)


def measure(scale: Scale) -> Iterator[tuple[str, Figure]]:
    """A row a precision; DCGAN, 64 px, width 64, batch 64."""
    folder = folder_of_faces(scale.work, 64, 2048)
    adds = multiply_adds(scale)
    for name, dtype in PRECISIONS.items():
        if name == "bf16" and not FAST_BF16:
            continue
        session = session_of(64, WIDTH, f"training.precision={name}", data=folder)
        running = Running(session)
        running.steps(1)()
        steps = scale.block(running.steps(1)(), 5, 2)
        ways = {**kernels(dtype), "step": running.steps(steps)}
        found = by_turns(ways, scale.rounds())
        rates = {
            "product": [SIDE**3 / time for time in found["product"]],
            "convolution": [CONVOLUTION_ADDS / time for time in found["convolution"]],
            "step": [adds / time for time in found["step"]],
        }
        shares = [step / product for step, product in zip(rates["step"], rates["product"], strict=True)]
        facts = {f"{kernel}_gmac_per_s": round(median_of(values).value / 1e9) for kernel, values in rates.items()}
        yield f"limit-{name}", median_of(shares, gmac_a_step=round(adds / 1e9, 1), **facts)


def multiply_adds(scale: Scale) -> float:
    """Of one step of the loop: what its convolutions and products take, forwards and backwards."""
    session = session_of(64, WIDTH, "training.precision=fp32", data=folder_of_faces(scale.work, 64, 2048))
    levers = Levers(frozen_d=True, one_backward=True, images_in_memory=True)
    loop = BareLoop(levers, session.store, scale.work, WIDTH)
    with FlopCounterMode(display=False) as counter:
        loop()
    return float(counter.get_total_flops() / 2)


CONVOLUTION = {"incoming": 128, "outgoing": 256, "side": 16, "kernel": 4}
"""DCGAN's stage with the most multiply-adds at width 64: from 16 px to 8."""
CONVOLUTION_ADDS = BATCH * 128 * 256 * 8 * 8 * 4 * 4


def kernels(dtype: torch.dtype) -> dict[str, Callable[[], float]]:
    """Seconds of a large product, and of DCGAN's largest convolution forwards."""
    shape = CONVOLUTION
    left, right = torch.randn(SIDE, SIDE).to(dtype), torch.randn(SIDE, SIDE).to(dtype)
    images = torch.randn(BATCH, shape["incoming"], shape["side"], shape["side"]).to(dtype)
    weights = torch.randn(shape["outgoing"], shape["incoming"], shape["kernel"], shape["kernel"]).to(dtype)
    images, weights = (tensor.contiguous(memory_format=torch.channels_last) for tensor in (images, weights))
    convolve = partial(torch.conv2d, images, weights, stride=2, padding=1)
    return {
        "product": lambda: several(lambda: left @ right, 3),
        "convolution": lambda: several(convolve, 10),
    }


@torch.inference_mode()
def several(kernel: Callable[[], object], count: int) -> float:
    """Seconds of one of `count` calls."""
    return seconds(lambda: [kernel() for _ in range(count)]) / count
