"""Are a strategy's answers such that the loop can act on them?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch

from ganzoo.contracts import BalancingStrategy, Decision, Origin, Plan, Role
from ganzoo.testing.driving import IMAGES, logit_answers, turns
from ganzoo.testing.rules import Rules


def check_answers(rules: Rules, strategy: BalancingStrategy, count: int) -> int:
    """Ask all that is asked in a step, for `count` turns: answers are valid, and alike when repeated.

    Returns:
        How many updates were refused.
    """
    plans: list[Plan] = []
    refused = 0
    for turn in turns(0, count):
        plan = strategy.plan(turn.moment)
        rules.require(plan is None or _valid(plan), "a plan has counts of 0 or more, not both 0", str(plan))
        plans.append(plan or Plan())
        seen = turn.observation(Role.DISCRIMINATOR, readable=strategy.reads_numbers)
        strategy.observe(seen)
        for role in Role:
            decision = strategy.allow_update(role, seen)
            rules.require(
                isinstance(decision, Decision), "`allow_update` answers `ALLOW` or `refuse(f'...')`", repr(decision)
            )
            rules.require(
                decision.allowed or bool(decision.reason.strip()),
                "a refused update carries its reason: `refuse(f'...')`",
                repr(decision),
            )
            refused += not decision.allowed
            again = strategy.allow_update(role, seen)
            rules.require(decision == again, "`allow_update` is a question: asked again, it answers alike")
            rate = strategy.rate(role, turn.moment)
            rules.require(math.isfinite(rate) and rate > 0, "`rate` is a finite factor above 0", str(rate))
            for origin in Origin:
                _check_logit_answers(rules, dict(logit_answers(strategy, turn, origin, role)))
    _check_reasons(rules, plans)
    return refused


def _check_reasons(rules: Rules, plans: Sequence[Plan]) -> None:
    """What is the same in every turn is the setting's doing; what changes answers to something, and says to what."""
    if len(set(plans)) > 1:
        silent = [plan for plan in plans if plan != Plan() and not plan.reason.strip()]
        rules.require(
            not silent,
            "a plan that changes between turns carries its reason: `Plan(1, 2, reason=f'...')`",
            str(silent[:1]),
        )


def _valid(plan: Plan) -> bool:
    counts = (plan.discriminator_updates, plan.generator_updates)
    return min(counts) >= 0 and max(counts) >= 1


def _check_logit_answers(rules: Rules, answers: Mapping[str, torch.Tensor | float]) -> None:
    for question, answer in answers.items():
        values = torch.as_tensor(answer)
        one_an_image = tuple(values.shape) == (IMAGES,)
        rules.require(
            one_an_image or (question == "weights" and values.dim() == 0),
            f"`{question}` are one an image{', or one for all' if question == 'weights' else ''}",
            str(tuple(values.shape)),
        )
        rules.require(bool((values.isfinite() & (values >= 0)).all()), f"`{question}` are finite and not negative")
        if question == "targets":
            rules.require(bool((values <= 1).all()), "`targets` lie in [0, 1]")
