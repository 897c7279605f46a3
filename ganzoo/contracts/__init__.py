"""What plugins implement: abstract classes and the plain records that travel between them and the loop.

Importing this package is cheap; torch is imported with the first contract that is a network.
"""

from typing import TYPE_CHECKING

from ganzoo._lazy import lazy_exports

if TYPE_CHECKING:
    from ganzoo.contracts.balancing import BalancingStrategy as BalancingStrategy
    from ganzoo.contracts.balancing import Views as Views
    from ganzoo.contracts.balancing import ViewStage as ViewStage
    from ganzoo.contracts.batch import Batch as Batch
    from ganzoo.contracts.batch import ImageShape as ImageShape
    from ganzoo.contracts.batch import Origin as Origin
    from ganzoo.contracts.batch import Role as Role
    from ganzoo.contracts.batch import Split as Split
    from ganzoo.contracts.dataset import Dataset as Dataset
    from ganzoo.contracts.dataset import ImageFiles as ImageFiles
    from ganzoo.contracts.dataset import Points as Points
    from ganzoo.contracts.discriminator import Discriminator as Discriminator
    from ganzoo.contracts.draws import Draws as Draws
    from ganzoo.contracts.features import FeatureExtractor as FeatureExtractor
    from ganzoo.contracts.game import Game as Game
    from ganzoo.contracts.generator import Generator as Generator
    from ganzoo.contracts.judgement import Judgement as Judgement
    from ganzoo.contracts.loss import Loss as Loss
    from ganzoo.contracts.metric import Metric as Metric
    from ganzoo.contracts.metric import Sample as Sample
    from ganzoo.contracts.metric import Score as Score
    from ganzoo.contracts.moments import ALLOW as ALLOW
    from ganzoo.contracts.moments import Decision as Decision
    from ganzoo.contracts.moments import Moment as Moment
    from ganzoo.contracts.moments import Observation as Observation
    from ganzoo.contracts.moments import Plan as Plan
    from ganzoo.contracts.moments import refuse as refuse
    from ganzoo.contracts.observer import Event as Event
    from ganzoo.contracts.observer import Observer as Observer
    from ganzoo.contracts.observer import RunStart as RunStart
    from ganzoo.contracts.observer import Tick as Tick
    from ganzoo.contracts.schedule import Schedule as Schedule
    from ganzoo.contracts.schedule import Scheduled as Scheduled
    from ganzoo.contracts.schedule import scheduled_value as scheduled_value
    from ganzoo.contracts.settings import Settings as Settings
    from ganzoo.contracts.smoothing import Smoothed as Smoothed
    from ganzoo.contracts.terms import Term as Term
    from ganzoo.contracts.terms import TermInput as TermInput
    from ganzoo.contracts.version import VERSION as VERSION

__getattr__ = lazy_exports(
    __name__,
    {
        "balancing": ("BalancingStrategy", "Views", "ViewStage"),
        "batch": ("Batch", "ImageShape", "Origin", "Role", "Split"),
        "dataset": ("Dataset", "ImageFiles", "Points"),
        "discriminator": ("Discriminator",),
        "draws": ("Draws",),
        "features": ("FeatureExtractor",),
        "game": ("Game",),
        "generator": ("Generator",),
        "judgement": ("Judgement",),
        "loss": ("Loss",),
        "metric": ("Metric", "Sample", "Score"),
        "moments": ("ALLOW", "Decision", "Moment", "Observation", "Plan", "refuse"),
        "observer": ("Event", "Observer", "RunStart", "Tick"),
        "schedule": ("Schedule", "Scheduled", "scheduled_value"),
        "settings": ("Settings",),
        "smoothing": ("Smoothed",),
        "terms": ("Term", "TermInput"),
        "version": ("VERSION",),
    },
)
