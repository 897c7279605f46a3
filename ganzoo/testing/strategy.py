"""Does a balancing strategy keep its contract?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from ganzoo.contracts import BalancingStrategy, Role, Settings
from ganzoo.contracts.parts import StrategyConfig
from ganzoo.registry.specs import BalancingSpec, Trait
from ganzoo.testing.answers import check_answers
from ganzoo.testing.devices import META, require_neutral
from ganzoo.testing.driving import PERIOD, drive, follow_device, observe_device, parameters, turns
from ganzoo.testing.plainness import copied, odd_values
from ganzoo.testing.rules import Rules, check_described, check_documented
from ganzoo.testing.terms import check_build, check_term_devices, check_terms

S = TypeVar("S", bound=StrategyConfig)

TURNS = 60
SHORTLY = 2
"""Turns within which it would show what a strategy forgot."""
SURVIVES = "saved after {before} turns and loaded into a new one, it answers alike from then on"
METHOD_OF_TRAIT = {
    Trait.GATES: "allow_update",
    Trait.PLANS: "plan",
    Trait.PLAYS: "play",
    Trait.CHANGES_TARGETS: "targets",
}
NEVER_REFUSED = (
    "`{name}` refused no update in turns where D is certain, guesses, or is wrong: its reasons, and whether what they "
    "depend on survives a checkpoint, were not checked. Give settings with which it refuses some: "
    "check_strategy(SPEC, Config(...))"
)
SETTINGS: Mapping[str, object] = {
    "generator.kind": "dcgan",
    "generator.latent_dim": 100,
    "generator.width": 64,
    "discriminator.kind": "dcgan",
    "discriminator.width": 64,
    "discriminator.dropout": 0.0,
    "discriminator.norm": "batch",
    "optimizers.generator.kind": "adam",
    "optimizers.generator.learning_rate": 1e-3,
    "optimizers.generator.betas": (0.0, 0.99),
    "optimizers.discriminator.kind": "adam",
    "optimizers.discriminator.learning_rate": 1e-3,
    "optimizers.discriminator.betas": (0.0, 0.99),
    "data.image_size": 64,
    "training.epochs": 25.0,
    "training.steps": None,
    "training.batch_size": 64,
    "training.ema_beta": 0.99,
    "training.ema_half_life_kimg": None,
}


def check_strategy(spec: BalancingSpec[S], config: S | None = None, settings: Mapping[str, object] = SETTINGS) -> None:
    """Drive a strategy through synthetic turns and check its answers, its state, and its traits.

    Not checked: `play`, which needs a whole game; the value of a term that asks D for other extras than
    "features".

    Args:
        spec: the strategy.
        config: its settings; by default their defaults. Check the interesting ones too, each with a call: those with
            which it acts. A gate that refused nothing is warned of.
        settings: what `configure` is shown, by dotted path; by default those of a DCGAN.

    Raises:
        ContractError: a rule is broken, or a number was read, of an observation or of any tensor, without
            `reads_numbers`.
    """
    rules = Rules(spec)
    check_described(rules, spec)
    chosen = config or spec.config()

    def build() -> BalancingStrategy:
        return spec.build(chosen)

    _check_traits(rules, build(), spec.traits)
    check_documented(rules, build())
    _check_configure(rules, build(), Settings(settings, f"`{spec.name}`"))
    check_build(rules, build())
    check_terms(rules, build())
    refused = check_answers(rules, build(), TURNS)
    if Trait.GATES in spec.traits and not refused:
        warnings.warn(NEVER_REFUSED.format(name=spec.name), stacklevel=2)
    _check_apply(rules, build())
    may_read = build().reads_numbers
    for what, ask in (
        ("what it does to batches, targets and weights", follow_device),
        ("what it makes of an observation", observe_device),
    ):
        require_neutral(rules, what, partial(ask, build(), META), may_read=may_read)
    check_term_devices(rules, build(), may_read=may_read)
    _check_determinism(rules, build(), build())
    for turns_before in (0, TURNS // 2):
        _check_round_trip(rules, build(), build(), turns_before)
    _check_memory(rules, build)


def _check_traits(rules: Rules, strategy: BalancingStrategy, traits: frozenset[Trait]) -> None:
    for trait, method in METHOD_OF_TRAIT.items():
        written = getattr(type(strategy), method) is not getattr(BalancingStrategy, method)
        rules.require(
            written == (trait in traits),
            f"its spec has the trait `{trait}` if and only if the strategy has its own `{method}`",
            f"traits {sorted(traits)}, {'own' if written else 'no own'} `{method}`",
        )
    cap = strategy.max_consecutive_skips
    rules.require(cap is None or cap >= 1, "`max_consecutive_skips` is at least 1, or None", str(cap))


def _check_configure(rules: Rules, strategy: BalancingStrategy, settings: Settings) -> None:
    changed = dict(strategy.configure(settings))
    unknown = [path for path in changed if path not in settings]
    rules.require(not unknown, "`configure` changes settings that exist", f"unknown: {', '.join(unknown)}")
    rules.require(changed == dict(strategy.configure(settings)), "`configure` answers alike when it is asked again")


def _check_apply(rules: Rules, strategy: BalancingStrategy) -> None:
    for role in Role:
        calls: list[Role] = []
        tensors = parameters()
        strategy.around_apply(role, tensors, lambda: calls.append(role))  # noqa: B023 - called at once
        rules.require(len(calls) == 1, "`around_apply` calls `apply` exactly once", f"{len(calls)} calls")
        rules.require(all(bool(tensor.isfinite().all()) for tensor in tensors), "parameters stay finite")


def _check_determinism(rules: Rules, one: BalancingStrategy, other: BalancingStrategy) -> None:
    _require_alike(rules, one, other, 0, "the same turns give the same answers: randomness comes from `draws`")


def _check_round_trip(rules: Rules, one: BalancingStrategy, other: BalancingStrategy, before: int) -> None:
    drive(one, turns(0, before))
    state = one.state_dict()
    rules.require(
        one.local_state <= set(state) or not before,
        "`local_state` names keys of `state_dict`",
        f"{sorted(one.local_state)} and {sorted(state)}",
    )
    odd = odd_values(state)
    rules.require(not odd, "`state_dict` holds numbers, strings, lists, dicts and tensors only", ", ".join(odd))
    other.load_state_dict(copied(state))
    _require_alike(rules, one, other, before, SURVIVES.format(before=before))


def _check_memory(rules: Rules, build: Callable[[], BalancingStrategy]) -> None:
    """Wherever a run is cut: what is forgotten may show in few places, such as between the two limits of a gate."""
    one = build()
    sequence = list(turns(0, PERIOD + SHORTLY))
    states, answers = [], []
    for turn in sequence:
        states.append(copied(one.state_dict()))
        answers.append(drive(one, [turn]))
    for before in range(PERIOD):
        other = build()
        other.load_state_dict(states[before])
        for later in range(before, before + SHORTLY):
            pairs = zip(answers[later], drive(other, [sequence[later]]), strict=True)
            different = next((question for (question, a), (_, b) in pairs if a != b), "")
            rules.require(not different, SURVIVES.format(before=before), f"first different at `{different}`")


def _require_alike(rules: Rules, one: BalancingStrategy, other: BalancingStrategy, first: int, rule: str) -> None:
    pairs = zip(drive(one, turns(first, TURNS)), drive(other, turns(first, TURNS)), strict=True)
    different = next((question for (question, a), (_, b) in pairs if a != b), "")
    rules.require(not different, rule, f"first different at `{different}`")
