"""Compositions: several levers under one name, for people who do not want to choose."""

from __future__ import annotations

from ganzoo.plugin import Ailment, CompositionSpec, Remedy

STEADY = CompositionSpec(
    name="steady",
    summary="Relativistic loss with R1 + R2, and small batches: D is bounded at the cause; the one to try first",
    source="Huang et al. 2024, The GAN is dead; long live the GAN! (R3GAN), on small networks; ganzoo's balance study",
    strategies={"r1r2": {}, "batch-size": {}},
    settings={"loss.kind": "relativistic"},
    where_possible={"discriminator.norm": "none"},
    helps={
        Ailment.DISCRIMINATOR_OVERPOWERS: Remedy(1, "bounds D's slope, so that its word always teaches G"),
        Ailment.MODE_COLLAPSE: Remedy(1, "each fake is compared with a real, so that one face is not enough"),
        Ailment.DIVERGING: Remedy(1, "converges where an unbounded D does not"),
    },
)

GENTLE = CompositionSpec(
    name="gentle",
    summary="Rates only, no second-order cost: D's rate follows its accuracy after a slow start; beat no plain run",
    source="ganzoo's own; in its balance study it ended worse than the plain run in all 3 seeds, at 1.10 times the "
    "kernel distance",
    strategies={"d-warmup": {}, "lr-control": {}},
    helps={Ailment.DISCRIMINATOR_OVERPOWERS: Remedy(7, "costs nothing a step; in the balance study it did not help")},
)

FEW_IMAGES = CompositionSpec(
    name="few-images",
    summary="Meant for some hundred images, where it was not measured: augmented views for D, and a lazy R1",
    source="Zhao et al. 2020, Differentiable Augmentation for Data-Efficient GAN Training; Mescheder et al. 2018. "
    "ganzoo's balance study has it on all 4,000 images only, where it ended at 1.87 times the plain run's kernel "
    "distance",
    strategies={"diff-augment": {}, "r1": {"every": 4}},
    helps={Ailment.MEMORISING: Remedy(1, "D never sees the same picture twice")},
)

COMPOSITIONS = (STEADY, GENTLE, FEW_IMAGES)
