"""How often, and on how many images, a run evaluates, so that it stays under its share of the time.

What the clock decides is decided before the first evaluation and after each, and is part of the next checkpoint: a
resumed run evaluates where it was decided. Nothing here touches a weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ganzoo.config.models import EvaluationSection
from ganzoo.training.spent import Activity, Spent

WANTED = 3
"""Evaluations while training that a run should have, be they small."""
SMALLEST = 512
"""Generated images below which no evaluation is made smaller."""


class EvaluationBudget:
    """Says when the next evaluation comes and how many images it scores.

    Attributes:
        images: generated images of an evaluation while training. The one at the end is never made smaller: it is what
            runs are compared by.
        next_at: real images seen after which the next one comes; None: only at the end.
        begun: how large they are was decided.
        seconds: that one of them takes, as the last one did or as was estimated before the first.
    """

    def __init__(self, section: EvaluationSection) -> None:
        self.share = section.budget
        self.every = None if section.every_kimg is None else section.every_kimg * 1000
        self.at_end = section.at_end
        self.full = section.images
        self.images = section.images
        self.next_at = self.every
        self.begun = False
        self.seconds = 0.0

    @property
    def is_bounded(self) -> bool:
        """Whether what an evaluation takes decides anything."""
        return self.share is not None and self.every is not None

    def is_due(self, images: int) -> bool:
        """Whether the run, having seen so many images, evaluates now."""
        return self.next_at is not None and images >= self.next_at

    def begin_at(self, images: int) -> None:
        """Nothing was decided; the run stands at so many real images."""
        if self.every is not None:
            self.next_at = (math.floor(images / self.every) + 1) * self.every

    def begin(self, images: int, total_images: int, seconds: float, spent: Spent) -> list[str]:
        """Before the first evaluation: how many images all of them score, and whether it comes now or later.

        Args:
            images: real images seen.
            total_images: at the end.
            seconds: that an evaluation of all images will about take.
            spent: where the time went so far, and how many images it was enough for.

        Returns:
            What was decided otherwise than the configuration has it, in a line each.
        """
        self.begun = True
        if self.every is None or not self._can_plan(spent):
            return []
        lines = []
        if smaller := self._smaller(images, total_images, seconds, spent):
            self.images = smaller
            lines.append(
                f"an evaluation takes about {seconds:.1f} s; while training it scores {smaller:,} images instead of "
                f"{self.full:,}, {self._why}"
            )
        self.seconds = seconds = seconds * self.images / self.full
        earliest = self._affordable_at(images, seconds, spent)
        if earliest > images:
            self.next_at = math.ceil(earliest / self.every) * self.every
            comes = self._place(total_images)
            lines.append(f"an evaluation takes about {seconds:.1f} s; the first comes {comes}, {self._why}")
        return lines

    def plan(self, images: int, total_images: int, seconds: float, spent: Spent) -> str:
        """After an evaluation while training: when the next one comes; a line where that is later than configured."""
        self.seconds = seconds
        if not self._is_put_off(images, total_images, spent):
            return ""
        return f"evaluation took {seconds:.1f} s; the next comes {self._place(total_images)}, {self._why}"

    def went_back(self, images: int, total_images: int, spent: Spent) -> str:
        """The run stands at so many images again, and the time is spent; a line where the next one comes later."""
        if not self.begun:
            self.begin_at(images)  # the first one is planned when it is due
            return ""
        if not self._is_put_off(images, total_images, spent):
            return ""
        comes = self._place(total_images)
        return f"an evaluation takes about {self.seconds:.1f} s; the next comes {comes}, {self._why}"

    def _is_put_off(self, images: int, total_images: int, spent: Spent) -> bool:
        """Decide when the next one comes; whether that is later than configured, and the run is not over by then."""
        self.begin_at(images)
        nominal = self.next_at or 0.0
        if self.every is None or not self._can_plan(spent):
            return False
        earliest = self._affordable_at(images, self.seconds, spent)
        self.next_at = max(nominal, math.ceil(earliest / self.every) * self.every)
        return self.next_at > nominal and nominal < total_images

    def _can_plan(self, spent: Spent) -> bool:
        """Whether there is a share to stay under, and a speed to reckon with."""
        return self.is_bounded and spent.images > 0 and _others(spent) > 0

    def _smaller(self, images: int, total_images: int, seconds: float, spent: Spent) -> int | None:
        """Images of an evaluation of which enough fit; None where those of full size do, or none of any size."""
        assert self.every is not None
        assert self.share is not None
        # At the speed so far: what the clock counted need not be what the run has seen, see `Spent.images`.
        others = _others(spent) * (1 + (total_images - images) / spent.images)
        allowed = others * self.share / (1 - self.share) - spent[Activity.EVALUATING] - seconds * self.at_end
        wanted = min(WANTED, math.ceil(total_images / self.every) - math.floor(images / self.every))
        size = self.full
        # At the end a smaller size is measured too, beside the full one: only scores of one size compare.
        while seconds * size / self.full * (wanted + (size < self.full)) > allowed and size // 2 >= SMALLEST:
            size //= 2
        return size if size < self.full and seconds * size / self.full * 2 <= allowed else None

    def _affordable_at(self, images: int, seconds: float, spent: Spent) -> float:
        """Real images after which another evaluation, and then the one at the end, stay under the share."""
        assert self.share is not None
        others = _others(spent)
        at_end = seconds * self.full / self.images + (seconds if self.images < self.full else 0.0)
        evaluating = spent[Activity.EVALUATING] + seconds + at_end * self.at_end
        wait = evaluating * (1 - self.share) / self.share - others
        return images + wait * spent.images / others

    def _place(self, total_images: int) -> str:
        assert self.next_at is not None
        return f"at {self.next_at / 1000:g} kimg" if self.next_at < total_images else "at the end"

    @property
    def _why(self) -> str:
        return f"to stay under {100 * (self.share or 0):g} % of the time"

    def state_dict(self) -> dict[str, object]:
        """What was decided."""
        decided = {"images": self.images, "next_at": self.next_at, "begun": self.begun, "seconds": self.seconds}
        return {**decided, **self._asked}

    def load_state_dict(self, state: Mapping[str, Any], images: int) -> None:
        """Keep to what was decided; where the configuration asks for something else by now, decide anew.

        Args:
            state: what `state_dict` gave.
            images: real images seen.
        """
        if all(state[name] == value for name, value in self._asked.items()):
            self.begun, self.images, self.next_at = bool(state["begun"]), int(state["images"]), state["next_at"]
            self.seconds = float(state["seconds"])
        else:
            self.begin_at(images)

    @property
    def _asked(self) -> dict[str, object]:
        return {"every": self.every, "share": self.share, "full": self.full}


def _others(spent: Spent) -> float:
    """Seconds of everything but evaluations."""
    return spent.total - spent[Activity.EVALUATING]
