"""What is measured: folders of images, networks, sessions."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from ganzoo.config.compose import Request, compose
from ganzoo.config.models import RunConfig
from ganzoo.contracts import Discriminator, Generator, ImageShape
from ganzoo.data.named import load_named
from ganzoo.registry.catalogue import catalogue
from ganzoo.registry.manager import Kind
from ganzoo.training.session import Session, build_session

BATCH = 64


def config_of(
    size: int, width: int, *settings: str, data: Path | None = None, balance: Sequence[str] = ()
) -> RunConfig:
    """A DCGAN without scores; `data` is the data set `avatars` unless a folder is given."""
    shape = (f"data.image_size={size}", f"generator.width={width}", f"discriminator.width={width}")
    given = None if data is None else str(data)
    request = Request(recipe="dcgan", data=given, balance=balance, settings=(*shape, *settings))
    config = compose(request, catalogue())
    return config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"metrics": {}})})


def session_of(size: int, width: int, *settings: str, data: Path | None = None, balance: Sequence[str] = ()) -> Session:
    """Ready to train."""
    return build_session(config_of(size, width, *settings, data=data, balance=balance), catalogue())


def networks_of(size: int, width: int) -> tuple[Generator, Discriminator]:
    """The recipe's two networks, contiguous in memory, in training mode."""
    config, shape = config_of(size, width), ImageShape(size, 3, None)
    found = catalogue()
    generator = found.find(Kind.GENERATOR, config.generator.kind).build(config.generator.settings, shape)
    discriminator = found.find(Kind.DISCRIMINATOR, config.discriminator.kind).build(
        config.discriminator.settings, shape
    )
    return generator, discriminator


def encoded_avatars(size: int, count: int) -> list[bytes]:
    """PNG files of faces."""
    images = load_named(config_of(size, 32).data, catalogue()).images
    files = []
    for index in range(count):
        file = BytesIO()
        Image.fromarray(images[index % len(images)]).save(file, format="PNG")
        files.append(file.getvalue())
    return files


def folder_of_faces(work: Path, size: int, count: int, distinct: int = 2048) -> Path:
    """A folder of `count` PNG files of `size` px, in a folder a thousand; made once."""
    folder = work / f"faces-{size}-{count}"
    if folder.exists():
        return folder
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    files = encoded_avatars(size, min(count, distinct))
    for index in range(count):
        if index % 1000 == 0:
            part = unfinished / f"{index // 1000:04d}"
            part.mkdir(parents=True)
        (part / f"{index:07d}.png").write_bytes(files[index % len(files)])
    return unfinished.rename(folder)
