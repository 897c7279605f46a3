"""What makes two scores comparable, read out of the protocols that travel with them.

A score depends on how it was made as much as on what it measures: the resize filter alone moves FID by more than many
papers' improvements (Parmar et al. 2022, "On Aliased Resizing and Surprising Subtleties in GAN Evaluation"), and so do
the number of images (Chong and Forsyth 2020, "Effectively Unbiased FID and Inception Score") and the backbone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

NOT_RECORDED = "not recorded"
RELEASE_PARTS = 2
"""Of a library's version: 2.14.0 and 2.14.1 compute alike, 2.14 and 2.15 need not."""

IN_WORDS = {
    "images_generated": "generated images",
    "images_real": "real images",
    "generator.weights": "weights of the generator",
    "generator.batch_norm": "BatchNorm",
    "generator.generation_precision": "precision of the generator's forward",
    "generator.split": "split of the data",
    "generator.transform": "size and shape of the images",
    "data.fingerprint": "real images' content",
    "statistics": "version of the statistics",
}
"""How a fact is called in a reason; others are called by their path."""

COMPARED_IN_GENERATOR = ("weights", "batch_norm", "generation_precision", "split", "transform")
"""Of what training knows. The rate of the average is the run's own affair, that there is one is the protocol's."""


def made_by(metric: str, features: str | None, *, needs_reals: bool) -> dict[str, object]:
    """What a score's entry in the protocol says: which metric gave it, on which backbone's features.

    Args:
        metric: by name.
        features: name of the backbone, or None where pixels are compared.
        needs_reals: compares with real images.
    """
    return {"metric": metric, "features": features, "needs_reals": needs_reals}


def facts(protocol: Mapping[str, object], score: str) -> dict[str, str]:
    """All that a score depends on, in words, by what it is called: `{"generated images": "2,048", ...}`.

    Args:
        protocol: an evaluation's, as `Evaluation.as_dict()` has it.
        score: its name.
    """
    return {IN_WORDS.get(name, name): _shown(value) for name, value in _depends_on(protocol, score).items()}


def differences(one: Mapping[str, object], other: Mapping[str, object], score: str) -> list[str]:
    """Why a score made by one protocol cannot be ranked with the same score made by another; empty: it can.

    Args:
        one: an evaluation's protocol, as `Evaluation.as_dict()` has it.
        other: the protocol of the other evaluation.
        score: its name in both.

    Returns:
        One reason a fact, `generated images: 2,048 against 1,024`. A fact that one side does not record is a reason
        too, and so is a score of which neither side says how it was made.
    """
    first, second = _depends_on(one, score), _depends_on(other, score)
    if not first and not second:
        return [f"how {score} was made: {NOT_RECORDED}"]
    return [
        f"{IN_WORDS.get(name, name)}: {_shown(first.get(name))} against {_shown(second.get(name))}"
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]


def _depends_on(protocol: Mapping[str, object], score: str) -> dict[str, object]:
    """What the score depends on, by dotted path; {}: nothing is recorded."""
    made = _table(_table(protocol, "scores"), score)
    if not made:
        return {}
    metric, features = str(made.get("metric")), made.get("features")
    found: dict[str, object] = {
        "metric": metric,
        "made by": _table(protocol, "providers").get(metric),
        **_below(metric, _table(_table(protocol, "metrics"), metric)),
        "images_generated": protocol.get("images_generated"),
        "repeats": protocol.get("repeats"),
        "quantisation": protocol.get("quantisation"),
        "statistics": protocol.get("statistics"),
    }
    if made.get("needs_reals"):
        found["data.fingerprint"] = _table(protocol, "data").get("fingerprint")
        found["images_real"] = protocol.get("images_real")
    if features is not None:
        found["backbone"] = features
        found |= _below(str(features), _table(_table(protocol, "backbones"), str(features)))
    generator = _table(protocol, "generator")
    found |= {f"generator.{name}": generator.get(name) for name in COMPARED_IN_GENERATOR}
    return found | {name: _release(version) for name, version in _table(protocol, "versions").items()}


def _table(record: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _below(name: str, table: Mapping[str, object]) -> dict[str, object]:
    return {f"{name}.{key}": value for key, value in table.items()}


def _release(version: object) -> str:
    return ".".join(str(version).split("+")[0].split(".")[:RELEASE_PARTS])


def _shown(value: object) -> str:
    """A digest in its first digits, a number with commas."""
    if value is None:
        return NOT_RECORDED
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_shown, value))
    text = str(value)
    is_digest = len(text) == 64 and set(text) <= set("0123456789abcdef")
    return text[:12] if is_digest else text
