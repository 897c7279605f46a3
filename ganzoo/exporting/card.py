"""README.md of an exported generator: a model card as the Hugging Face Hub reads it."""

from __future__ import annotations

import math
import re

import tomli_w
import yaml

from ganzoo.config.writing import without_null
from ganzoo.data.shown import plain
from ganzoo.evaluation.result import format_score
from ganzoo.exporting.facts import Origin, without_places
from ganzoo.exporting.folder import Facts
from ganzoo.exporting.scripts import usage
from ganzoo.runs.title import levers_of

FILE = "README.md"
SAMPLES = "samples.png"
TASK = "unconditional-image-generation"
LICENCE = "not-chosen-yet"


def model_card(facts: Facts, origin: Origin, form: str, difference: float, torch_version: str) -> str:
    """The card's text.

    Args:
        facts: of the generator.
        origin: of it.
        form: "onnx", "safetensors" or "torch-export".
        difference: largest difference of a pixel from the original's, in [0, 2].
        torch_version: that wrote it.
    """
    name = f"{facts.architecture} on {plain(origin.data)}"
    sections = [
        f"---\n{front_matter(facts, origin, name)}---",
        f"# {escaped(name)}",
        f"A generator of {facts.image_size} x {facts.image_size} px images, trained with ganzoo {facts.ganzoo}.",
        f"![Sixty-four images this generator made]({SAMPLES})",
        f"## Use\n\n{usage(facts, form, torch_version)}",
        _checked(form, difference),
        f"## Data and licence\n\n{_data(origin)}",
        f"## How it was trained\n\n{training_table(facts, origin)}",
        f"## Scores\n\n{_scores(origin)}",
        f"## Configuration\n\n{_configuration(origin)}",
    ]
    return "\n\n".join(sections) + "\n"


def front_matter(facts: Facts, origin: Origin, name: str) -> str:
    """The card's metadata in YAML, after the Hub's specification of model cards."""
    scores = origin.evaluation.get("scores", {})
    metadata: dict[str, object] = {
        "license": "other",
        "license_name": LICENCE,
        "library_name": "ganzoo",
        "pipeline_tag": TASK,
        "tags": ["gan", "pytorch", "ganzoo", facts.architecture, "image-generation"],
    }
    if scores:
        metrics = [{"type": key, "name": key, "value": round(value, 6)} for key, value in scores.items()]
        dataset = {"type": _slug(origin.data), "name": plain(origin.data)}
        results = [{"task": {"type": TASK}, "dataset": dataset, "metrics": metrics}]
        metadata["model-index"] = [{"name": name, "results": results}]
    return yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True)


def escaped(text: str) -> str:
    """A name from a file, so that it is no markup: neither Markdown's nor HTML's."""
    return without_markup(plain(text))


def without_markup(text: str) -> str:
    """Text on one line with every character that could be markup escaped."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&$])", r"\\\1", " ".join(text.split()))


def unfenced(text: str) -> str:
    """Text that does not end the block it stands in."""
    return text.replace("```", "'''")


def _checked(form: str, difference: float) -> str:
    if form == "safetensors":
        return "The weights are the moving average of training, BatchNorm's statistics estimated anew for them."
    return (
        "The file holds the moving average of training's weights, BatchNorm's statistics estimated anew for them. "
        f"Compared with the original on 64 latents, no value of an image in [-1, 1] differs by more than "
        f"{_rounded_up(difference)}. Any number of images can be made at once."
    )


def _data(origin: Origin) -> str:
    licence = escaped(origin.data_licence) if origin.data_licence else "**not known to ganzoo: say it here**"
    return (
        f"Trained on {origin.images:,} images, the data set {escaped(origin.data)}. Licence of the images: "
        f"{licence}.\n\n"
        f"**The licence of this model has not been chosen.** `license: other` and `license_name: {LICENCE}` above are "
        "placeholders: put the licence you give it in their place before you publish it, one that the data allow."
    )


def training_table(facts: Facts, origin: Origin) -> str:
    """How the run was trained, as rows."""
    levers = ", ".join(map(escaped, levers_of(origin.config.plain()))) or "none"
    rows = [
        ("architecture", f"{escaped(facts.architecture)}; {without_markup(origin.source)}"),
        ("balance", levers),
        ("latents", f"{facts.latent_dim} numbers, standard normal"),
        ("labels", "none" if facts.classes is None else _listed(facts.classes)),
        ("length", f"{origin.step:,} steps of {origin.batch_size} images"),
        ("images", f"{facts.image_size} x {facts.image_size} px, {facts.channels} channels"),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _listed(classes: list[str]) -> str:
    shown = ", ".join(f"{index} {escaped(name)}" for index, name in enumerate(classes[:20]))
    return shown if len(classes) <= 20 else f"{shown} ... ({len(classes)} in all; generator.json names them)"


def _scores(origin: Origin) -> str:
    found = origin.evaluation
    if not found.get("scores"):
        return f"None were measured at {origin.checkpoint}. `ganzoo evaluate RUN` measures some."
    errors, floors = found["standard_errors"], found["floors"]
    directions = {True: "lower", False: "higher", None: "neither"}
    lines = ["| score | value | better |", "|---|---|---|"]
    for name, value in found["scores"].items():
        better = directions[found["directions"].get(name)]
        lines.append(f"| {escaped(name)} | {format_score(value, errors.get(name), floors.get(name))} | {better} |")
    protocol = yaml.safe_dump(found["protocol"], sort_keys=False, allow_unicode=True, width=110)
    return "\n".join(
        [
            *lines,
            "",
            "A score can be compared only with one made by the same protocol:",
            "",
            "```yaml",
            unfenced(protocol).rstrip(),
            "```",
        ]
    )


def _configuration(origin: Origin) -> str:
    text = tomli_w.dumps(without_null(without_places(origin.config.plain())))
    return (
        "`ganzoo run --config run.toml --data IMAGES` repeats the training with this as run.toml. Places of files are "
        "left out.\n\n<details><summary>run.toml</summary>\n\n"
        f"```toml\n{unfenced(text)}```\n\n</details>"
    )


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-") or "images"


def _rounded_up(difference: float) -> str:
    """One digit, never less than the value: `3e-07`."""
    if difference == 0:
        return "0"
    power = math.floor(math.log10(difference))
    return f"{math.ceil(difference / 10**power)}e{power:+03d}"
