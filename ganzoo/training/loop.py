"""The training loop, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from signal import SIGTERM

from torch import Tensor

from ganzoo.contracts import Event, Generator, Moment, RunStart, Tick
from ganzoo.errors import Interrupted
from ganzoo.health.doctor import Doctor, Verdict
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.guarding import Guard
from ganzoo.runs.journal import Journal
from ganzoo.training.checkpoints import Checkpoint, save_checkpoint
from ganzoo.training.ending import advice_for, in_words, interrupted, not_finite, note_the_way_on
from ganzoo.training.evaluating import Evaluations
from ganzoo.training.guessing import costs_of_guessing, shares_of_guessing
from ganzoo.training.interruption import Stop, stop_on_signals
from ganzoo.training.memorising import look_for_copies
from ganzoo.training.memory import keep_freed_memory
from ganzoo.training.numbers import TickNumbers
from ganzoo.training.reporting import draw_pictures, write_page
from ganzoo.training.rollback import LANDMARKS, Rollbacks, lengths_at, load_good
from ganzoo.training.sampling import sample_images
from ganzoo.training.session import Session, describe, sizes_of
from ganzoo.training.spent import Activity, Spent
from ganzoo.training.state import restore, state_of
from ganzoo.training.turn import Turn
from ganzoo.training.weights import weights_of

FAULTS_IN_A_ROW = 20
"""Steps with a dropped update, one after the other, before the run goes back."""
LISTEN_STEPS = 5
"""Several processes ask one another so often whether one of them got a signal."""


class Training:
    """A session in motion: counters, the tick's numbers, the doctor, what was decided on the way."""

    def __init__(self, session: Session, run: RunDirectory, journal: Journal) -> None:
        self.session = session
        self.run = run
        self.journal = journal
        self.step = session.step
        self.ranks = session.step.ranks
        self.moment = Moment(0, 0, session.effective.training.batch_size, session.images)
        self.numbers = TickNumbers()
        self.doctor = Doctor()
        self.guessing = costs_of_guessing(session.step.loss)
        self.spent = Spent()
        self.guard = Guard(lambda message, data: self._say("fault", message, data))
        self.evaluations = Evaluations(session, self.spent, self.guard, self._say)
        self.stopping = self.evaluations.stopping
        self.rollbacks = Rollbacks(session.effective.training)
        self._faults_in_a_row = 0
        self._resumed = False
        self._snapshot: tuple[int, Generator] | None = None
        self._saved_at = self.spent.clock()
        self._tick_started = 0.0
        self._tick_images = 0

    def train(self) -> None:
        """From where the moment stands to the end.

        Raises:
            Interrupted: a signal came; the step was finished and saved.
            TrainingError: training cannot go on.
        """
        try:
            self._train()
            self._end("finished")
        except BaseException as error:  # whatever it is goes on its way; the record and the watchers learn of it
            left = isinstance(error, Interrupted | KeyboardInterrupt | SystemExit)
            self._end("interrupted" if left else "failed")
            if (known := in_words(error, self.run, self.moment, self.session.config)) is not None:
                raise known from error
            note_the_way_on(error, self.run)
            raise

    def _train(self) -> None:
        config = self.session.effective
        keep_freed_memory()
        self._announce()
        if not self._resumed:
            self.draw_samples(for_the_doctor=False)  # noise says nothing
            self.save(planned=True)
        with stop_on_signals() as stop:
            while not self.is_finished():
                turn = self.step(self.moment)
                before, self.moment = self.moment, self._after(turn)
                self.spent.images += turn.images
                self.numbers.add(turn)
                if self._faults_sent_it_back(turn):
                    continue
                if self.moment.step % config.logging.tick_steps == 0:
                    verdict = self.tick()
                    if verdict is not None and self._verdict_sent_it_back(verdict):
                        continue
                    self.stopping.judged(self.doctor.verdict.name, self.moment.kimg)
                drawn = self._passed(before, config.samples.every_kimg)
                if drawn:
                    self.draw_samples()
                due = self.evaluations.is_due(self.moment)
                best = due and self.evaluations.while_training(self.snapshot, self.moment, self.rollbacks.attempt)
                if self.is_finished():
                    if not drawn:
                        self.draw_samples(for_the_doctor=False)  # a longer run would not have looked here
                    best |= self.evaluations.at_end(self.snapshot, self.moment, self.rollbacks.attempt)
                planned = self._passed(before, config.checkpoints.every_kimg)
                signal, overdue = self._heard(stop)
                wanted = planned or due or signal or self.is_finished() or overdue
                saved = wanted and self.save(best=best, planned=planned)
                if signal and not self.is_finished():
                    self.draw_report()
                    raise interrupted(signal, self.run, self.moment, saved=bool(saved))
            if self.stopping.reason and not self._has_its_length():  # the score at the end ends nothing
                self._say("stopped", self.stopping.reason)
            if self.moment.step % config.logging.tick_steps:
                self.tick()
            with self.spent.on(Activity.EVALUATING):
                self.guard("looking for copies of training images", lambda: look_for_copies(self))
            self._say("note", f"time: {self.spent.sentence()}", {"seconds": self.spent.seconds})
            self.draw_report()

    def is_finished(self) -> bool:
        """The planned length is reached, or a condition of `training.stop_when` holds."""
        return bool(self.stopping.reason) or self._has_its_length()

    def _has_its_length(self) -> bool:
        steps = self.session.effective.training.steps
        if steps is not None:
            return self.moment.step >= steps
        return self.moment.images >= self.session.total_images

    def tick(self) -> Verdict | None:
        """Read the numbers, judge them, write them down; the new verdict where it changed."""
        values, decided = self.numbers.read()
        values |= shares_of_guessing(values, self.guessing)
        values = self.ranks.told(values)  # only rank 0 has looked at samples
        verdict = self.doctor.judge(self.moment.step, values)
        if verdict is not None:
            advice = self.session.remedies(verdict.ailment) if verdict.ailment else ()
            self._say("verdict", str(verdict), {**verdict.as_dict(), "advice": [each.as_dict() for each in advice]})
        for decision in decided:
            self._say("decision", decision.message, decision.data)
        elapsed = self.spent[Activity.TRAINING] - self._tick_started  # images/s is of training alone
        speed = (self.moment.images - self._tick_images) / elapsed if elapsed > 0 else 0.0
        self.journal.tick(Tick(self.moment.step, self.moment.images, values, speed, self.doctor.verdict.name))
        self._start_tick()
        return verdict

    def draw_samples(self, *, for_the_doctor: bool = True) -> None:
        """The grid of this step; the doctor reads it too. Training is never lost to a picture."""
        if not self.ranks.leads:
            return
        samples = self.session.effective.samples
        path = self.run.sample(self.moment.step)
        with self.spent.on(Activity.DRAWING):
            images = self.guard(
                "drawing samples",
                lambda: sample_images(self.snapshot(), samples.count, self.session.effective.training.seed),
                advice=lambda error: advice_for(error, "samples.count"),
            )
            if images is None:
                return
            if for_the_doctor:
                read = lambda: list(self.session.probe.read(self.step, images, self.moment.step))  # noqa: E731
                for name, value in self.guard("the doctor's look at the samples", read) or ():
                    self.numbers.note(name, value)
            self.guard("writing the grid", lambda: self._show(images, path))

    def save(self, *, best: bool = False, planned: bool = False, metrics: int | None = None) -> bool:
        """A checkpoint of this step.

        Args:
            best: no score was better.
            planned: its place follows from the configuration, not from a clock or a signal.
            metrics: bytes of metrics.jsonl that belong to it, where the run has just gone back to it; None: all.

        Returns:
            False where none is written: the best one, of an earlier attempt, is not given up for it.
        """
        older = self.evaluations.best.is_of_an_earlier_attempt(self.moment.step, self.rollbacks.attempt)
        if older and not best and metrics is None:
            self._say("note", "no checkpoint is written: the best one, of an earlier attempt, has its name")
            return False
        if planned and not self._faults_in_a_row:
            self.rollbacks.mark(self.moment.step)
        keep = self.session.effective.checkpoints
        state = {**self.state_dict(), "is_best": best}  # of every rank
        if not self.ranks.leads:
            return True
        if metrics is not None:
            state["logs"] = {**self.journal.lengths(), "metrics": metrics}
        with self.spent.on(Activity.SAVING):
            path = save_checkpoint(
                self.run.checkpoints,
                self.moment.step,
                Checkpoint(weights_of(self.step), state, self.moment.images),
                keep.keep_last,
                best=best,
                keep_every_kimg=keep.keep_every_kimg,
                keep=[f"step-{step:08d}" for step in self.rollbacks.landmarks[-LANDMARKS:]],
            )
        self._saved_at = self.spent.clock()
        self._saved(path.name, best)
        return True

    def draw_report(self) -> None:
        """The GIF, the curves and the page of the whole run."""
        if not self.ranks.leads:
            return
        with self.spent.on(Activity.DRAWING):
            self.guard("drawing the GIF and the curves", lambda: draw_pictures(self.session, self.run, self.moment))
            self.guard("writing report.html", lambda: write_page(self.run, finished=self.is_finished()))

    def snapshot(self) -> Generator:
        """The averaged generator, ready to sample from; made once a step."""
        if self._snapshot is None or self._snapshot[0] != self.moment.step:
            seed = self.session.effective.training.seed
            self._snapshot = (self.moment.step, self.step.average.snapshot(seed))
        return self._snapshot[1]

    # Going back

    def _faults_sent_it_back(self, turn: Turn) -> bool:
        for fault in turn.faults:
            self._say("fault", f"{fault.role}: {fault.reason}; the update was left out")
        self._faults_in_a_row = self._faults_in_a_row + 1 if turn.faults else 0
        if self._faults_in_a_row < FAULTS_IN_A_ROW:
            return False
        why = f"{FAULTS_IN_A_ROW} updates in a row were not finite"
        if self.rollbacks.may_retry and self._go_back(why, None):
            return True
        raise not_finite(why, self.rollbacks.attempt, self.run)

    def _verdict_sent_it_back(self, verdict: Verdict) -> bool:
        return self.rollbacks.answers(verdict) and self._go_back(f"the doctor says {verdict}", verdict)

    def _go_back(self, why: str, verdict: Verdict | None) -> bool:
        """Stand at an earlier checkpoint again, with lower rates and other draws; False where there is none."""
        ill_since, best = verdict.step if verdict else None, self.evaluations.best
        well = best.step is not None and not self.rollbacks.was_ill(best.step, best.attempt)
        targets = self.rollbacks.targets(best.step if well else None, ill_since, self.moment.step)
        found = None
        if self.ranks.leads:
            found = load_good(self.run.checkpoints, targets, weights_of(self.step))
        found = self.ranks.told(found)
        if found is None:
            self._say("fault", f"{why}; there is no checkpoint to go back to")
            return False
        (to, checkpoint), gone = found, self.moment.step
        # Not the length it remembers: that may be one of a log which was written anew since.
        metrics = self.journal.metrics.size_up_to(to) if self.ranks.leads else 0
        self._restore(checkpoint)
        self._faults_in_a_row = 0
        self.rollbacks.went_back(to, ill_since=ill_since)
        self.step = self.rollbacks.step(self.session.step)
        told = {"from": gone, "to": to, "attempt": self.rollbacks.attempt, "rate": self.rollbacks.rate}
        self._say("rollback", f"{why}: back from step {gone:,} to {to:,}, rates x {self.rollbacks.rate:g}", told)
        self.evaluations.went_back(self.moment)
        self.save(metrics=metrics)  # first: killed in between, the run goes on with the log this one remembers
        if self.ranks.leads:
            self.journal.metrics.cut(metrics)
        self.forget_later_grids()
        self._start_tick()
        return True

    # Checkpoints

    def state_dict(self) -> dict[str, object]:
        """Everything beside the networks' weights that the next step depends on, and the logs' lengths."""
        return {
            "moment": {"step": self.moment.step, "images": self.moment.images},
            "numbers": self.numbers.state_dict(),
            "doctor": self.doctor.state_dict(),
            "probe": self.session.probe.state_dict(),
            **state_of(self.step),
            "evaluations": self.evaluations.state_dict(),
            "rollbacks": self.rollbacks.state_dict(),
            "spent": self.spent.state_dict(),
            "faults_in_a_row": self._faults_in_a_row,
            "logs": self.journal.lengths(),
            "config": self.session.config.plain(),
        }

    def load(self, checkpoint: Checkpoint, notes: Sequence[str] = ()) -> None:
        """Stand where the checkpoint was written: the next step is the one that would have come.

        Args:
            checkpoint: what `save` wrote.
            notes: what was found on the way to it, for the record.
        """
        state = checkpoint.training
        self._restore(checkpoint)
        self.evaluations.load_state_dict(state["evaluations"], self.moment)
        if state["rollbacks"] is not None:  # a fork begins with none, and with its own clock
            self.rollbacks.load_state_dict(state["rollbacks"])
            self.spent.load_state_dict(state["spent"])
        self.step = self.rollbacks.step(self.session.step)
        self._resumed = True
        logs = state["logs"]
        if self.ranks.leads:  # the one whose logs these are
            logs = lengths_at(self.run, self.moment.step, logs)
        missing = self.journal.cut(logs)
        self.forget_later_grids()
        # It was said after its log was measured.
        self._saved(f"step-{self.moment.step:08d}", bool(state.get("is_best")))
        for note in [*notes, *missing]:
            self._say("fault", note)
        self._say("resumed", f"goes on from step {self.moment.step:,}")

    def forget_later_grids(self) -> None:
        """Remove grids of steps that are still to come, as the logs are cut: they show a way that was given up."""
        if self.ranks.leads:
            self.guard("removing later grids", lambda: self.run.remove_grids_after(self.moment.step))

    def _restore(self, checkpoint: Checkpoint) -> None:
        state = checkpoint.training
        restore(self.step, checkpoint)
        self.numbers.load_state_dict(state["numbers"])
        self.doctor.load_state_dict(state["doctor"])
        self.session.probe.load_state_dict(state["probe"])
        self._faults_in_a_row = int(state["faults_in_a_row"])
        self.moment = replace(self.moment, **{name: int(value) for name, value in state["moment"].items()})
        self._snapshot = None

    # Details

    def _announce(self) -> None:
        self.journal.start(
            RunStart(
                path=self.run.path,
                title=describe(self.session),
                config=self.session.config.plain(),
                notes=self.session.notes,
                step=self.moment.step,
                images=self.moment.images,
                total_images=self.session.total_images,
                parameters=sizes_of(self.session),
            )
        )
        if not self._resumed:
            for note in self.session.notes:
                self._say("note", note)
            for change in self.session.changes:
                self._say("configured", f"{change.strategy}: {change.path} = {change.value}")
        elif self._has_its_length():
            self._say(
                "resumed", "nothing is left to train; --epochs or --steps with more than before makes a run longer"
            )
        self.spent.start()
        self._start_tick()

    def _after(self, turn: Turn) -> Moment:
        return replace(self.moment, step=self.moment.step + 1, images=self.moment.images + turn.images)

    def _passed(self, before: Moment, every_kimg: float | None) -> bool:
        """Whether this step went over a multiple of `every_kimg`."""
        return every_kimg is not None and self.moment.kimg // every_kimg > before.kimg // every_kimg

    def _heard(self, stop: Stop) -> tuple[int, bool]:
        """The signal that any process got, 0 for none; whether saving is overdue by rank 0's clock."""
        if self.ranks.count == 1:
            return stop.signal, self._saving_is_overdue()
        if self.moment.step % LISTEN_STEPS:
            return 0, False
        signal = stop.signal or (SIGTERM if self.ranks.is_orphan else 0)
        signal, overdue = self.ranks.largest([signal, self.ranks.leads and self._saving_is_overdue()])
        return signal, bool(overdue)

    def _saving_is_overdue(self) -> bool:
        minutes = self.session.effective.checkpoints.every_minutes
        return minutes is not None and self.spent.clock() - self._saved_at >= 60 * minutes

    def _show(self, images: Tensor, path: Path) -> None:
        self.session.picture(images, path)
        self.journal.images(self.moment.step, path)

    def _end(self, status: str) -> None:
        data = {"seconds": self.spent.seconds, "shares": self.spent.shares()}
        self.journal.end(self.moment.step, status, data)

    def _saved(self, name: str, best: bool) -> None:
        self._say("checkpoint", f"saved {name}", {"name": name, "best": best})

    def _start_tick(self) -> None:
        self._tick_started, self._tick_images = self.spent[Activity.TRAINING], self.moment.images

    def _say(self, kind: str, message: str, data: Mapping[str, object] | None = None) -> None:
        self.journal.event(Event(kind, self.moment.step, message, data or {}))
