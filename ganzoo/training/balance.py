"""Several strategies as one: how each answer composes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from ganzoo.contracts import (
    ALLOW,
    BalancingStrategy,
    Batch,
    Decision,
    Draws,
    Game,
    Loss,
    Moment,
    Observation,
    Origin,
    Plan,
    Role,
    Settings,
    Split,
    Term,
    Views,
    refuse,
)
from ganzoo.errors import ContractError, UsageError


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that a strategy changed before anything was built."""

    path: str
    value: object
    strategy: str


class Balance:
    """The strategies of a run, by name, in order.

    Args:
        strategies: the method's first, then the user's.
    """

    def __init__(self, strategies: Mapping[str, BalancingStrategy]) -> None:
        self.strategies = dict(strategies)
        self.reads_numbers = any(strategy.reads_numbers for strategy in strategies.values())
        self.terms: tuple[Term, ...] = ()
        self._in_view_order = sorted(strategies.items(), key=lambda item: item[1].view_stage)
        self._refusals_in_a_row: dict[str, int] = {}

    # Before anything is built

    def configure(self, values: Mapping[str, object]) -> list[Change]:
        """All changes, in order; a later strategy sees the earlier ones' changes.

        Raises:
            UsageError: two strategies set one path to different values.
        """
        changes: dict[str, Change] = {}
        current = dict(values)
        for name, strategy in self.strategies.items():
            for path, value in strategy.configure(Settings(current, asked_by=f"`{name}`")).items():
                earlier = changes.get(path)
                if earlier is not None and earlier.value != value:
                    raise UsageError(
                        f"`{earlier.strategy}` sets `{path}` to {earlier.value!r}, `{name}` to {value!r}",
                        hint="leave out one of them, or give both the same value",
                    )
                changes[path] = Change(path, value, name)
                current[path] = value
        return [change for change in changes.values() if values.get(change.path) != change.value]

    def build(self, role: Role, network: nn.Module) -> nn.Module:
        """The network as every strategy wants it."""
        for strategy in self.strategies.values():
            network = strategy.build(role, network)
        return network

    def start(self) -> None:
        """Ask for the terms, once.

        Raises:
            UsageError: two terms of one name in one role's loss, which would share their draws and their curve.
        """
        terms = [(name, term) for name, strategy in self.strategies.items() for term in strategy.terms()]
        owners: dict[tuple[Role, str], str] = {}
        for name, term in terms:
            if (earlier := owners.setdefault((term.role, term.name), name)) != name:
                raise UsageError(
                    f"`{earlier}` and `{name}` both add the term `{term.name}` to the {term.role}'s loss",
                    hint="leave out one of them; one of a recipe's method by naming the others: --set 'method={...}'",
                )
        self.terms = tuple(term for _, term in terms)

    def terms_of(self, role: Role, moment: Moment) -> list[Term]:
        """The terms due in this step."""
        return [term for term in self.terms if term.role is role and moment.step % term.every == 0]

    # Each step

    def plan(self, moment: Moment) -> Plan:
        """The one opinion there is, or one update each.

        Raises:
            ContractError: two opinions; their specs should have declared it.
        """
        opinions = {n: plan for n, s in self.strategies.items() if (plan := s.plan(moment)) is not None}
        if len(opinions) > 1:
            raise ContractError(f"{' and '.join(opinions)} both plan the step; declare the trait `plans`")
        return next(iter(opinions.values()), Plan())

    def play(self, game: Game) -> bool:
        """Whether a strategy played this turn."""
        return any(strategy.play(game) for strategy in self.strategies.values())

    def rate(self, role: Role, moment: Moment) -> float:
        """The product of all factors on the role's learning rate."""
        factor = 1.0
        for strategy in self.strategies.values():
            factor *= strategy.rate(role, moment)
        return factor

    def views(self, real: Batch | None, fake: Batch, role: Role, moment: Moment, draws: Draws) -> Views:
        """Both batches as D sees them: selected, augmented, noised, packed, in this order."""
        for name, strategy in self._in_view_order:
            real, fake = strategy.views(real, fake, role, moment, draws.named(name))
        return Views(real, fake)

    def targets(self, loss: Loss, real: Tensor, fake: Tensor, role: Role, draws: Draws) -> Split | None:
        """Label targets, one an image, or None for a loss that has none."""
        if loss.targets is None:
            return None
        chained = []
        for origin, logits, target in zip(Origin, (real, fake), loss.targets, strict=True):
            targets = logits.new_full((logits.shape[0],), target)
            for name, strategy in self.strategies.items():
                targets = strategy.targets(targets, origin, role, draws.named(f"{name}/{origin}"))
            chained.append(targets.view(-1, *[1] * (logits.dim() - 1)))
        return Split(*chained)

    def weigh(self, values: Tensor, logits: Tensor, origin: Origin, role: Role) -> Tensor:
        """The mean of a role's elementwise loss, weighted by every strategy."""
        for strategy in self.strategies.values():
            weight = strategy.weights(logits, origin, role)
            if isinstance(weight, Tensor):
                weight = weight.view(-1, *[1] * (values.dim() - 1))
            elif weight == 1.0:
                continue
            values = values * weight
        return values.mean()

    def allow_update(self, role: Role, observation: Observation) -> Decision:
        """Yes if all say yes. A strategy that refused often enough in a row is overruled once."""
        refusals: dict[str, str] = {}
        for name, strategy in self.strategies.items():
            answer = strategy.allow_update(role, observation)
            cap = strategy.max_consecutive_skips
            overruled = cap is not None and self._refusals_in_a_row.get(f"{name}/{role}", 0) >= cap
            if not answer.allowed and not overruled:
                refusals[name] = answer.reason
        for name in self.strategies:
            if not refusals:  # the update happens: everyone's count starts anew
                self._refusals_in_a_row[f"{name}/{role}"] = 0
            elif name in refusals:
                self._refusals_in_a_row[f"{name}/{role}"] = self._refusals_in_a_row.get(f"{name}/{role}", 0) + 1
        if not refusals:
            return ALLOW
        first, reason = next(iter(refusals.items()))
        return refuse(f"{first}: {reason}")

    def around_apply(self, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]) -> None:
        """The optimiser's step inside every strategy's before and after, the first strategy outermost."""
        for strategy in reversed(self.strategies.values()):
            apply = _around(strategy, role, parameters, apply)
        apply()

    def observe(self, observation: Observation) -> None:
        """Tell every strategy."""
        for strategy in self.strategies.values():
            strategy.observe(observation)

    # Checkpoints

    def state_dict(self) -> dict[str, object]:
        """Every strategy's state, and how often each refused in a row."""
        return {
            "strategies": {name: strategy.state_dict() for name, strategy in self.strategies.items()},
            "refusals_in_a_row": dict(self._refusals_in_a_row),
        }

    def load_state_dict(self, state: Mapping[str, Mapping[str, object]]) -> None:
        """Go on where `state_dict` left off."""
        for name, strategy in self.strategies.items():
            inner = state["strategies"].get(name)
            if inner is None:  # new in a run that was forked: it starts as it is
                continue
            assert isinstance(inner, Mapping)  # as `state_dict` wrote it
            strategy.load_state_dict(inner)
        self._refusals_in_a_row = {name: int(str(n)) for name, n in state["refusals_in_a_row"].items()}

    def local_state(self) -> dict[str, dict[str, object]]:
        """What of the state belongs to this process alone, by strategy."""
        return {
            name: {part: value for part, value in strategy.state_dict().items() if part in strategy.local_state}
            for name, strategy in self.strategies.items()
            if strategy.local_state
        }


def _around(
    strategy: BalancingStrategy, role: Role, parameters: Sequence[nn.Parameter], apply: Callable[[], None]
) -> Callable[[], None]:
    return lambda: strategy.around_apply(role, parameters, apply)
