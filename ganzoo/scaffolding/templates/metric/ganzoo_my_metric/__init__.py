"""my-metric: a metric for ganzoo. Torch-free: this is imported wherever parts are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganzoo.plugin import MetricSpec, hookimpl
from ganzoo_my_metric.settings import MyMetricConfig

if TYPE_CHECKING:
    from ganzoo.contracts import Metric

GANZOO_CONTRACTS = "1.0"
"""The version of ganzoo's contracts this is built for; a ganzoo with older ones says so instead of loading it."""


def build(config: MyMetricConfig) -> Metric:
    """The metric with these settings."""
    from ganzoo_my_metric.metric import MyMetric

    return MyMetric(config)


SPEC = MetricSpec(
    name="my-metric",
    summary="distance between the brightness of generated and of real pixels",
    source="my own",
    config=MyMetricConfig,
    build=build,
    lower_is_better=True,
    needs_reals=True,
)


@hookimpl
def ganzoo_metrics() -> list[MetricSpec[MyMetricConfig]]:
    """The metric `my-metric`."""
    return [SPEC]
