"""Contract checks for plugin authors: one call in a test, and the rules of a part's contract are checked.

    from ganzoo.testing import check_strategy

    def test_my_strategy_keeps_the_contract():
        check_strategy(my_plugin.SPEC)

Each check raises `ContractError`, which names the part, the rule it broke, and what was seen. Everything runs
on the CPU with fixed seeds, in a few seconds at most.
"""

from ganzoo.testing.architecture import check_architecture
from ganzoo.testing.dataset import check_dataset
from ganzoo.testing.discriminator import check_discriminator
from ganzoo.testing.draws import SeededDraws
from ganzoo.testing.generator import check_generator
from ganzoo.testing.loss import check_loss
from ganzoo.testing.metric import check_metric
from ganzoo.testing.observer import check_observer
from ganzoo.testing.strategy import check_strategy

__all__ = [
    "SeededDraws",
    "check_architecture",
    "check_dataset",
    "check_discriminator",
    "check_generator",
    "check_loss",
    "check_metric",
    "check_observer",
    "check_strategy",
]
