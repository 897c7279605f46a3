"""Balancing strategies, one a file: its settings, its rule, its source. Torch-free."""

from __future__ import annotations

from typing import Any

from ganzoo.plugin import BalancingSpec, CompositionSpec, hookimpl
from ganzoo_balance import (
    ada,
    adaptive_ratio,
    batch_size,
    capacity,
    compositions,
    consensus,
    d_dropout,
    d_skip,
    d_warmup,
    diff_augment,
    dragan,
    extragradient,
    feature_matching,
    freeze_d,
    g_boost,
    gradient_clip,
    gradient_normalisation,
    gradient_penalty,
    instance_noise,
    label_flip,
    label_smoothing,
    latent_size,
    lecam,
    loss_control,
    lr_control,
    lr_skew,
    none,
    r1,
    r1r2,
    r2,
    replay,
    simultaneous,
    spectral_norm,
    top_k,
    ttur,
    unrolled,
    update_ratio,
    weight_clip,
)

GATES_AND_RATIOS = (d_skip, g_boost, adaptive_ratio, update_ratio)
RATES = (lr_skew, ttur, lr_control, d_warmup)
INPUTS_AND_TARGETS = (label_smoothing, label_flip, instance_noise, diff_augment, ada)
PENALTIES = (r1, r2, r1r2, gradient_penalty, dragan, lecam)
NETWORKS = (d_dropout, spectral_norm, gradient_normalisation, freeze_d, capacity, latent_size, batch_size)
INFLUENCE = (loss_control, gradient_clip, weight_clip, feature_matching)
WHOLE_TURNS = (simultaneous, extragradient, unrolled, consensus)
FAKES = (replay, top_k)


@hookimpl
def ganzoo_balancing() -> list[BalancingSpec[Any]]:  # Any: each strategy has its own config class
    """All strategies of this package."""
    families = (GATES_AND_RATIOS, RATES, INPUTS_AND_TARGETS, PENALTIES, NETWORKS, INFLUENCE, WHOLE_TURNS, FAKES)
    return [none.SPEC, *(module.SPEC for family in families for module in family)]


@hookimpl
def ganzoo_compositions() -> list[CompositionSpec]:
    """Several of them under one name."""
    return list(compositions.COMPOSITIONS)
