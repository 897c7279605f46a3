"""The training loop, from top to bottom."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch

from ganzoo.contracts import Event, Generator, Moment, RunStart, Tick
from ganzoo.errors import GanzooError, Interrupted, TrainingError
from ganzoo.evaluation.result import Evaluation
from ganzoo.health.doctor import Doctor
from ganzoo.report.curves import draw_curves
from ganzoo.report.gif import write_gif
from ganzoo.report.grid import write_grid
from ganzoo.runs.directory import RunDirectory
from ganzoo.runs.journal import Journal
from ganzoo.training.checkpoints import AVERAGE, Checkpoint, save_checkpoint
from ganzoo.training.guessing import costs_of_guessing, shares_of_guessing
from ganzoo.training.interruption import stop_on_signals
from ganzoo.training.numbers import TickNumbers
from ganzoo.training.sampling import draw_images, sample_images
from ganzoo.training.session import Session, describe, plain
from ganzoo.training.stamp import stamp
from ganzoo.training.turn import Turn

FAULTS_IN_A_ROW = 20
"""Updates dropped one after the other before training gives up."""


class Training:
    """A session in motion: counters, the tick's numbers, the doctor, the best score so far."""

    def __init__(self, session: Session, run: RunDirectory, journal: Journal) -> None:
        self.session = session
        self.run = run
        self.journal = journal
        self.moment = Moment(0, 0, session.effective.training.batch_size, session.images)
        self.numbers = TickNumbers()
        self.doctor = Doctor()
        self.guessing = costs_of_guessing(session.step.loss)
        self.best_score: float | None = None
        self._faults_in_a_row = 0
        self._resumed = False
        self._snapshot: tuple[int, Generator] | None = None
        self._tick_started = time.perf_counter()
        self._tick_images = 0

    def train(self) -> None:
        """From where the moment stands to the end.

        Raises:
            Interrupted: a signal came; the step was finished and saved.
            TrainingError: training cannot go on.
        """
        try:
            self._train()
        except Interrupted:
            self.journal.end(self.moment.step, "interrupted")
            raise
        except KeyboardInterrupt:  # the second Ctrl-C: leave now, the last checkpoint stands
            self.journal.end(self.moment.step, "interrupted")
            raise
        except OSError as error:
            raise TrainingError(
                f"the run cannot be written: {error.strerror or error}", hint=self._how_to_go_on("make room, then")
            ) from error
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise TrainingError(
                f"out of memory with batches of {self.moment.batch_size} images at step {self.moment.step:,}",
                hint=f"start again with a smaller one, --batch-size {max(1, self.moment.batch_size // 2)}",
            ) from error
        except BaseException:  # whatever it is goes on its way; the record and the watchers learn of it
            self.journal.end(self.moment.step, "failed")
            raise
        self.journal.end(self.moment.step, "finished")

    def _train(self) -> None:
        config = self.session.effective
        self._announce()
        if not self._resumed:
            self.draw_samples(for_the_doctor=False)  # noise says nothing
            self.save()
        with stop_on_signals() as stop:
            while not self.is_finished():
                turn = self.session.step(self.moment)
                before, self.moment = self.moment, self._after(turn)
                self.numbers.add(turn)
                self._look_at_faults(turn)
                if self.moment.step % config.logging.tick_steps == 0:
                    self.tick()
                aside = time.perf_counter()
                if self._passed(before, config.samples.every_kimg):
                    self.draw_samples()
                elif self.is_finished():
                    self.draw_samples(for_the_doctor=False)  # a longer run would not have looked here
                best = False
                if self._passed(before, config.evaluation.every_kimg) or (
                    self.is_finished() and config.evaluation.at_end
                ):
                    best = self.evaluate()
                stopping = stop.requested
                if best or stopping or self.is_finished() or self._passed(before, config.checkpoints.every_kimg):
                    self.save(best=best)
                self._tick_started += time.perf_counter() - aside  # images/s is of training alone
                if stopping and not self.is_finished():
                    self._interrupted(stop.signal)
            if self.moment.step % config.logging.tick_steps:
                self.tick()
            self.draw_report()

    def is_finished(self) -> bool:
        """The planned length is reached."""
        steps = self.session.effective.training.steps
        if steps is not None:
            return self.moment.step >= steps
        return self.moment.images >= self.session.total_images

    def tick(self) -> None:
        """Read the numbers, judge them, write them down."""
        values, decided = self.numbers.read()
        values |= shares_of_guessing(values, self.guessing)
        verdict = self.doctor.judge(self.moment.step, values)
        if verdict is not None:
            self._say("verdict", str(verdict), {"verdict": verdict.name, "since": verdict.step})
        for decision in decided:
            self._say("decision", decision.message, decision.data)
        elapsed = time.perf_counter() - self._tick_started
        speed = (self.moment.images - self._tick_images) / elapsed if elapsed > 0 else 0.0
        self.journal.tick(Tick(self.moment.step, self.moment.images, values, speed, self.doctor.verdict.name))
        self._start_clock()

    def draw_samples(self, *, for_the_doctor: bool = True) -> None:
        """The grid of this step; the doctor reads it too."""
        config = self.session.effective
        path = self.run.sample(self.moment.step)
        images = sample_images(self.snapshot(), config.samples.count, config.training.seed)
        write_grid(images, path)
        if for_the_doctor:
            for name, value in self.session.probe.read(self.session.step, images, self.moment.step):
                self.numbers.note(name, value)
        self.journal.images(self.moment.step, path)

    def evaluate(self) -> bool:
        """Score the averaged generator; True where the first ranked score is the best so far."""
        if self.session.evaluator is None:
            return False
        draw = draw_images(self.snapshot(), self.session.effective.training.seed, "evaluation")
        evaluation = self.session.evaluator(draw, stamp(self.session.effective))
        shown = ", ".join(f"{name} {score:.4g}" for name, score in evaluation.scores.items())
        data = {**evaluation.as_dict(), "images": self.moment.images}
        for note in evaluation.notes:
            self._say("note", note)
        self._say("evaluation", shown, data)
        return self._is_best(evaluation)

    def save(self, *, best: bool = False) -> None:
        """A checkpoint of this step."""
        step = self.session.step
        networks = {
            "generator": step.generator.network.state_dict(),
            "discriminator": step.discriminator.network.state_dict(),
            AVERAGE: step.average.network.state_dict(),
        }
        path = save_checkpoint(
            self.run.checkpoints,
            self.moment.step,
            Checkpoint(networks, self.state_dict()),
            self.session.effective.checkpoints.keep_last,
            best=best,
        )
        self._say("checkpoint", f"saved {path.name}", {"name": path.name, "best": best})

    def draw_report(self) -> None:
        """The GIF and the curves of the whole run."""
        try:
            self._draw_report()
        except (GanzooError, OSError) as error:  # training is never lost to a picture
            self._say("fault", f"the GIF or the curves could not be drawn: {error}")

    def _draw_report(self) -> None:
        grids = [
            (f"step {step:,} · {step * self.moment.kimg / max(1, self.moment.step):.0f} kimg", path)
            for step, path in self.run.grids()
            if step <= self.moment.step
        ]
        write_gif(grids, self.run.gif, self.session.effective.samples.gif_fps)
        draw_curves(self.run.ticks(), self.run.evaluations(), self.run.curves, describe(self.session))

    def snapshot(self) -> Generator:
        """The averaged generator, ready to sample from; made once a step."""
        if self._snapshot is None or self._snapshot[0] != self.moment.step:
            self._snapshot = (self.moment.step, self.session.step.average.snapshot(self.session.step.seed))
        return self._snapshot[1]

    # Checkpoints

    def state_dict(self) -> dict[str, object]:
        """Everything beside the networks' weights that the next step depends on, and the logs' lengths."""
        step = self.session.step
        return {
            "moment": {"step": self.moment.step, "images": self.moment.images},
            "numbers": self.numbers.state_dict(),
            "doctor": self.doctor.state_dict(),
            "probe": self.session.probe.state_dict(),
            "balance": step.balance.state_dict(),
            "average_updates": step.average.updates,
            "optimizers": {
                str(player.role): player.optimizer.state_dict()["state"]
                for player in (step.generator, step.discriminator)
            },
            "best_score": self.best_score,
            "faults_in_a_row": self._faults_in_a_row,
            "logs": {"metrics": self.journal.metrics.size, "events": self.journal.events.size},
        }

    def load(self, checkpoint: Checkpoint, notes: Sequence[str] = ()) -> None:
        """Stand where the checkpoint was written: the next step is the one that would have come.

        Args:
            checkpoint: what `save` wrote.
            notes: what was found on the way to it, for the record.
        """
        step, state = self.session.step, checkpoint.training
        step.generator.network.load_state_dict(checkpoint.networks["generator"])
        step.discriminator.network.load_state_dict(checkpoint.networks["discriminator"])
        step.average.network.load_state_dict(checkpoint.networks[AVERAGE])
        step.average.updates = int(state["average_updates"])
        for player in (step.generator, step.discriminator):
            player.load_optimizer_state(state["optimizers"][str(player.role)])
        step.balance.load_state_dict(state["balance"])
        self.numbers.load_state_dict(state["numbers"])
        self.doctor.load_state_dict(state["doctor"])
        self.session.probe.load_state_dict(state["probe"])
        self.best_score = state["best_score"]
        self._faults_in_a_row = int(state["faults_in_a_row"])
        self._resumed = True
        self.moment = replace(self.moment, **{name: int(value) for name, value in state["moment"].items()})
        self.journal.metrics.cut(int(state["logs"]["metrics"]))
        self.journal.events.cut(int(state["logs"]["events"]))
        for note in notes:
            self._say("fault", note)
        self._say("resumed", f"goes on from step {self.moment.step:,}")

    # Details

    def _announce(self) -> None:
        self.journal.start(
            RunStart(
                path=self.run.path,
                title=describe(self.session),
                config=plain(self.session.config),
                notes=self.session.notes,
                step=self.moment.step,
                images=self.moment.images,
                total_images=self.session.total_images,
            )
        )
        if not self._resumed:
            for note in self.session.notes:
                self._say("note", note)
            for change in self.session.changes:
                self._say("configured", f"{change.strategy}: {change.path} = {change.value}")
        self._start_clock()

    def _after(self, turn: Turn) -> Moment:
        return replace(self.moment, step=self.moment.step + 1, images=self.moment.images + turn.images)

    def _passed(self, before: Moment, every_kimg: float | None) -> bool:
        """Whether this step went over a multiple of `every_kimg`."""
        return every_kimg is not None and self.moment.kimg // every_kimg > before.kimg // every_kimg

    def _look_at_faults(self, turn: Turn) -> None:
        for fault in turn.faults:
            self._say("fault", f"{fault.role}: {fault.reason}; the update was left out")
        self._faults_in_a_row = self._faults_in_a_row + 1 if turn.faults else 0
        if self._faults_in_a_row >= FAULTS_IN_A_ROW:
            raise TrainingError(
                f"{FAULTS_IN_A_ROW} updates in a row had gradients that are not finite",
                hint=f"the last checkpoint is whole: {self.run.checkpoints}\n"
                "try a lower rate, for example --set optimizers.generator.learning_rate=2e-4, or --precision fp32",
            )

    def _is_best(self, evaluation: Evaluation) -> bool:
        ranked = [name for name in evaluation.scores if evaluation.directions.get(name) is not None]
        if not ranked:
            return False
        sign = 1.0 if evaluation.directions[ranked[0]] else -1.0
        score = sign * evaluation.scores[ranked[0]]
        if self.best_score is not None and score >= self.best_score:
            return False
        self.best_score = score
        return True

    def _interrupted(self, signal: int) -> None:
        self.draw_report()
        error = Interrupted(
            f"stopped after step {self.moment.step:,}; everything is saved",
            hint=self._how_to_go_on("go on with:"),
        )
        error.exit_code = 128 + signal
        raise error

    def _how_to_go_on(self, first: str) -> str:
        return f"{first} ganzoo resume {self.run.path}"

    def _start_clock(self) -> None:
        self._tick_started, self._tick_images = time.perf_counter(), self.moment.images

    def _say(self, kind: str, message: str, data: Mapping[str, object] | None = None) -> None:
        self.journal.event(Event(kind, self.moment.step, message, data or {}))
