"""Scores of generated images: quantised once, features once a backbone, the reals summarised once."""

from typing import TYPE_CHECKING

from ganzoo._lazy import lazy_exports

if TYPE_CHECKING:
    from ganzoo.evaluation.evaluator import Evaluator as Evaluator
    from ganzoo.evaluation.evaluator import build_evaluator as build_evaluator
    from ganzoo.evaluation.reals import RealImages as RealImages
    from ganzoo.evaluation.result import Evaluation as Evaluation
    from ganzoo.evaluation.result import format_score as format_score

__getattr__ = lazy_exports(
    __name__,
    {
        "evaluator": ("Evaluator", "build_evaluator"),
        "reals": ("RealImages",),
        "result": ("Evaluation", "format_score"),
    },
)
