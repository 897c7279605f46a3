"""The scores of a run while it trains: when, the best so far, and whether they end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ganzoo.contracts import Generator, Moment
from ganzoo.evaluation.evaluator import Draw, Evaluator, Features
from ganzoo.evaluation.result import Evaluation
from ganzoo.runs.guarding import Guard
from ganzoo.training.best import Best
from ganzoo.training.budget import EvaluationBudget
from ganzoo.training.ending import advice_for
from ganzoo.training.sampling import draw_images, draw_labels
from ganzoo.training.session import Session
from ganzoo.training.sharing import from_shares, own_share
from ganzoo.training.spent import Activity, Spent
from ganzoo.training.stamp import stamp
from ganzoo.training.stopping import Stopping

Say = Callable[[str, str, Mapping[str, object]], None]
"""say(kind, message, data): an event of the run."""


class Evaluations:
    """Evaluates when the budget says so. An evaluation that fails is a fault of the run, not its end.

    Several processes share the making of the images and of their features; rank 0 scores these, and tells the others
    what it decided.

    Attributes:
        best: the best score so far, among evaluations of as many images.
        stopping: told every score that compares with those before it.
    """

    def __init__(self, session: Session, spent: Spent, guard: Guard, say: Say) -> None:
        section = session.effective.evaluation
        self.best = Best(section.best_by)
        self.stopping = Stopping(session.effective.training.stop_when)
        self._session = session
        self._budget = EvaluationBudget(section)
        self._spent = spent
        self._guard = guard
        self._say = say
        self._ranks = session.step.ranks
        self._last: tuple[int, int] | None = None

    def is_due(self, moment: Moment) -> bool:
        """Whether the run evaluates now."""
        return self._session.evaluator is not None and self._budget.is_due(moment.images)

    def while_training(self, generator: Callable[[], Generator], moment: Moment, attempt: int) -> bool:
        """Score, and decide when to do so next; True where the run was never better."""
        budget, total = self._budget, self._session.total_images
        if not budget.begun:
            if self._ranks.leads:
                seconds = self._rehearse(generator) if budget.is_bounded else 0.0
                for line in budget.begin(moment.images, total, seconds, self._spent):
                    self._say("note", line, {"images": budget.images, "next_at_kimg": (budget.next_at or 0) / 1000})
            self._agree(moment)
            if not budget.is_due(moment.images):
                return False
        seconds, evaluation = self._score(generator, moment, budget.images)
        if evaluation is None:  # some metric may need more images
            budget.images = budget.full
        if line := budget.plan(moment.images, total, seconds, self._spent):
            self._say("note", line, {"next_at_kimg": (budget.next_at or 0) / 1000})
        best = self._compare(evaluation, moment, attempt)
        self._agree(moment)
        return self._ranks.told(best)

    def at_end(self, generator: Callable[[], Generator], moment: Moment, attempt: int) -> bool:
        """Score all the images the configuration asks for; True where the run was never better."""
        section = self._session.effective.evaluation
        if not section.at_end or self._session.evaluator is None:
            return False
        best = False
        for images in dict.fromkeys((self._budget.images, self._budget.full)):
            if self._last == (moment.step, images):  # has just been measured
                continue
            _, evaluation = self._score(generator, moment, images)
            if images == self._budget.images:
                best = self._compare(evaluation, moment, attempt)
        self._agree(moment)
        return self._ranks.told(best)

    def _score(
        self, generator: Callable[[], Generator], moment: Moment, images: int
    ) -> tuple[float, Evaluation | None]:
        """Seconds it took, and what was found, if it did not fail; on other ranks than 0 nothing is found."""
        self._last = (moment.step, images)
        evaluator = self._prepared() if self._ranks.leads else None
        started = self._spent[Activity.EVALUATING]
        with self._spent.on(Activity.EVALUATING):
            made = self._made_by_all(generator, images)
            if evaluator is None or made is None:
                return 0.0, None
            evaluation = self._guard(
                "the evaluation",
                lambda: self._evaluate(evaluator.of(images), generator(), *made),
                advice=lambda error: advice_for(error, "evaluation.images"),
            )
        seconds = self._spent[Activity.EVALUATING] - started
        if evaluation is not None:
            for note in evaluation.notes:
                self._say("note", note, {})
            shown = ", ".join(f"{name} {score}" for name, score in evaluation.shown().items())
            self._say("evaluation", shown, {**evaluation.as_dict(), "seconds": seconds, "images": moment.images})
        return seconds, evaluation

    def _prepared(self) -> Evaluator:
        """The evaluator; the reals are read once a run, which says nothing about what an evaluation takes."""
        evaluator = self._session.evaluator
        assert evaluator is not None  # asked only where there is one
        with self._spent.on(Activity.EVALUATING):
            self._guard("reading the real images for the scores", evaluator.prepare)
        return evaluator

    def _rehearse(self, generator: Callable[[], Generator]) -> float:
        """Seconds that an evaluation will about take."""
        evaluator, seed = self._prepared(), self._session.effective.training.seed
        with self._spent.on(Activity.EVALUATING):
            rehearse = lambda: evaluator.rehearse(draw_images(generator(), seed, "evaluation"))  # noqa: E731
            return self._guard("rehearsing an evaluation", rehearse) or 0.0

    def _made_by_all(self, generator: Callable[[], Generator], images: int) -> tuple[Draw, Features] | None:
        """What draws the images that are scored, and their features, each process its share; None where one failed."""
        section, seed = self._session.effective.evaluation, self._session.effective.training.seed
        evaluator = self._session.evaluator
        assert evaluator is not None  # asked only where there is one
        if self._ranks.count == 1:
            # Made when it is first asked for: what fails then is the evaluation.
            draw: Draw = lambda start, count: draw_images(generator(), seed, "evaluation")(start, count)  # noqa: E731, PLW0108
            return draw, {}
        make = lambda: own_share(  # noqa: E731
            draw_images(generator(), seed, "evaluation"), images * section.repeats, self._ranks, evaluator.features_of
        )
        advice = lambda error: advice_for(error, "evaluation.images")  # noqa: E731
        shares = self._ranks.collected(self._guard("making images to score", make, advice=advice))
        made = [share for share in shares if share is not None]
        if len(made) < len(shares):
            self._say("fault", f"{len(shares) - len(made)} processes could not make their images to score", {})
            return None
        return from_shares(made) if made else None

    def _evaluate(self, evaluator: Evaluator, generator: Generator, draw: Draw, features: Features) -> Evaluation:
        config = self._session.effective
        labels = draw_labels(generator, config.training.seed, "evaluation")
        return evaluator(draw, stamp(config, self._session.store.shape), labels, features)

    def _compare(self, evaluation: Evaluation | None, moment: Moment, attempt: int) -> bool:
        if evaluation is None:
            return False
        self.stopping.scored(evaluation, moment.step)
        return self.best.take(evaluation, self._budget.images, moment.step, attempt)

    def _agree(self, moment: Moment) -> None:
        """Every rank decides as rank 0 did, whose clock and scores these are."""
        if self._ranks.count > 1:
            self.load_state_dict(self._ranks.told(self.state_dict()), moment)

    def went_back(self, moment: Moment) -> None:
        """The run stands at an earlier step again: what comes now is evaluated as if for the first time.

        Within the budget: what the way that was given up has cost is spent.
        """
        budget, total = self._budget, self._session.total_images
        if line := budget.went_back(moment.images, total, self._spent):
            self._say("note", line, {"next_at_kimg": (budget.next_at or 0) / 1000})
        self._last = None
        self._agree(moment)

    def state_dict(self) -> dict[str, object]:
        """What was decided and found."""
        return {
            "budget": self._budget.state_dict(),
            "best": self.best.state_dict(),
            "stopping": self.stopping.state_dict(),
            "total_images": self._session.total_images,
        }

    def load_state_dict(self, state: Mapping[str, Any] | None, moment: Moment) -> None:
        """Go on; a run that was made longer after it was stopped waits anew. None: a fork, which starts anew."""
        if state is None:
            self._budget.begin_at(moment.images)
            return
        self._budget.load_state_dict(state["budget"], moment.images)
        self.best.load_state_dict(state["best"])
        self.stopping.load_state_dict(state["stopping"])
        if state["total_images"] != self._session.total_images:
            self.stopping.start_anew()
