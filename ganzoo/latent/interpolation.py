"""Ways from one latent to another that stay among latents G knows."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from ganzoo.errors import UsageError

NEARLY_PARALLEL = 1e-4
"""Sine of the angle below which an arc is no different from a line."""


def spherical(start: Tensor, end: Tensor, share: float) -> Tensor:
    """The latents a share of the way along the arc from `start` to `end`.

    Latents of many dimensions lie near a sphere, and a straight line would leave it. Where the two point the same way,
    or against each other, so that no arc is defined, it is the line.

    Args:
        start: [N, dim].
        end: [N, dim].
        share: 0 gives `start`, 1 gives `end`.

    Returns:
        [N, dim]; where both have one length, so has the result.

    Source: Shoemake 1985, "Animating Rotation with Quaternion Curves"; for latents White 2016, "Sampling Generative
    Networks", section 2.1.
    """
    lengths = start.norm(dim=1, keepdim=True) * end.norm(dim=1, keepdim=True)
    cosine = ((start * end).sum(dim=1, keepdim=True) / lengths.clamp_min(torch.finfo(start.dtype).tiny)).clamp(-1, 1)
    angle = cosine.acos()
    sine = angle.sin()
    is_line = (sine < NEARLY_PARALLEL) | (lengths == 0)
    safe = sine.masked_fill(is_line, 1.0)
    of_start = torch.where(is_line, torch.full_like(angle, 1 - share), ((1 - share) * angle).sin() / safe)
    of_end = torch.where(is_line, torch.full_like(angle, share), (share * angle).sin() / safe)
    return of_start * start + of_end * end


def walk(waypoints: Tensor, frames: int, *, closed: bool = True) -> Tensor:
    """Latents along arcs from each waypoint to the next, `frames` on each arc, the first of which is the waypoint.

    Args:
        waypoints: [P, N, dim], P >= 2.
        frames: at least 1.
        closed: go back to the first, so that the last frame is followed by the first: a loop without a seam. Otherwise
            the last waypoint ends the walk.

    Returns:
        [P * frames, N, dim]; not closed: [(P - 1) * frames + 1, N, dim].

    Raises:
        UsageError: fewer than two waypoints.
    """
    if len(waypoints) < 2:
        raise UsageError(f"a walk needs two waypoints or more, not {len(waypoints)}")
    stops = [*waypoints, waypoints[0]] if closed else list(waypoints)
    steps = [spherical(start, end, frame / frames) for start, end in pairwise(stops) for frame in range(frames)]
    return torch.stack(steps if closed else [*steps, stops[-1]])
