"""Data sets that torchvision downloads: the training split of each."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from ganzoo.plugin import DatasetConfig, DatasetSpec, UsageError, nearest

if TYPE_CHECKING:
    from ganzoo.contracts import Dataset


@dataclass(frozen=True, slots=True)
class Known:
    """One of torchvision's classes.

    Attributes:
        of: the class's name in `torchvision.datasets`.
        arguments: what else its constructor is given.
        labels: its public attribute with all labels; "" where each label comes only with its image.
        classes: its public attribute with the classes' names, or their number where it names none; 0: its
            images do not have one class each.
    """

    of: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    labels: str = ""
    classes: str | int = "classes"


KNOWN = {
    "caltech101": Known("Caltech101", labels="y", classes="categories"),
    "celeba": Known("CelebA", {"split": "train"}, classes=0),
    "cifar10": Known("CIFAR10", {"train": True}, labels="targets"),
    "cifar100": Known("CIFAR100", {"train": True}, labels="targets"),
    "dtd": Known("DTD", {"split": "train"}),
    "eurosat": Known("EuroSAT", labels="targets"),
    "fashion-mnist": Known("FashionMNIST", {"train": True}, labels="targets"),
    "fgvc-aircraft": Known("FGVCAircraft", {"split": "trainval"}),
    "flowers102": Known("Flowers102", {"split": "train"}, classes=102),
    "food101": Known("Food101", {"split": "train"}),
    "gtsrb": Known("GTSRB", {"split": "train"}, classes=43),
    "imagenette": Known("Imagenette", {"split": "train", "size": "160px"}),
    "kmnist": Known("KMNIST", {"train": True}, labels="targets"),
    "lfw": Known("LFWPeople", {"split": "train"}, labels="targets", classes="class_to_idx"),
    "mnist": Known("MNIST", {"train": True}, labels="targets"),
    "oxford-iiit-pet": Known("OxfordIIITPet", {"split": "trainval"}),
    "stl10": Known("STL10", {"split": "train+unlabeled"}, labels="labels"),
    "svhn": Known("SVHN", {"split": "train"}, labels="labels", classes=10),
    "usps": Known("USPS", {"train": True}, labels="targets", classes=10),
}


class TorchvisionConfig(DatasetConfig):
    """Which of torchvision's data sets."""

    name: str = Field(min_length=1)
    """Its name in lower case: mnist, fashion-mnist, cifar10, svhn, celeba, flowers102, oxford-iiit-pet ..."""
    root: str = ""
    """Folder for the downloads; empty: the user's cache folder."""


def build(config: TorchvisionConfig) -> Dataset:
    """Download where it is not there yet, and wrap.

    Raises:
        UsageError: an unknown name, no network at the first use, a package that this one needs.
    """
    known = KNOWN.get(config.name.lower())
    if known is None:
        raise UsageError(
            f"no data set of torchvision's is called `{config.name}`.{nearest(config.name.lower(), KNOWN)}",
            hint=f"known: {', '.join(KNOWN)}",
        )
    root = Path(config.root).expanduser() if config.root else _default_root()
    images = _opened(config.name, known, root)

    from ganzoo_datasets.torchvision_images import TorchvisionImages

    return TorchvisionImages(config.name.lower(), known, images)


def _default_root() -> Path:
    import platformdirs

    # The same rule as for ganzoo's own cache, whose module plugins do not see.
    moved = os.environ.get("GANZOO_CACHE")
    return (Path(moved).expanduser() if moved else platformdirs.user_cache_path("ganzoo")) / "torchvision"


def _opened(name: str, known: Known, root: Path) -> Any:  # torchvision's data sets share no type worth naming
    try:
        import torchvision

        root.mkdir(parents=True, exist_ok=True)
        with contextlib.redirect_stdout(sys.stderr):  # some of them print what they download
            return getattr(torchvision.datasets, known.of)(root=str(root), download=True, **known.arguments)
    except ImportError as error:
        raise UsageError(
            f"torchvision's {name} needs a package that is missing: {error}",
            hint=f"install it: pip install {error.name.partition('.')[0]}" if error.name else "",
        ) from error
    except Exception as error:  # a server's or an archive's troubles come in every type
        line = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(
            f"torchvision's {name} is not in {root} and could not be downloaded: {line[:300]}",
            hint="the network is needed once; after that the files stay in that folder\n"
            f"or put its files there yourself, as torchvision.datasets.{known.of} lays them out, "
            "or set data.source.root to where they are",
        ) from error


SPEC = DatasetSpec(
    name="torchvision",
    summary="a data set that torchvision downloads once: torchvision:cifar10, torchvision:mnist ...",
    source="torchvision.datasets",
    licence="each data set's own",
    config=TorchvisionConfig,
    build=build,
    argument="name",
)
