from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from ganzoo.errors import UsageError
from ganzoo.report import write_gif
from ganzoo.report.caption import BAR_SHADES, HEIGHT, caption_bar
from ganzoo.report.gif import (
    COLOURS,
    HOLD_MS,
    MAX_FRAMES,
    TOLERANCE,
    palette_indices,
    shared_palette,
    thinned,
)

Frames = list[tuple[str, Path]]


def frames_in(folder: Path, count: int, size: tuple[int, int] = (48, 40), mode: str = "RGB") -> Frames:
    """A colour gradient that slides, with grain."""
    rng = np.random.default_rng(0)
    width, height = size
    frames = []
    for index in range(count):
        across = (np.arange(width) * 5 + index * 9) % 256
        down = (np.arange(height) * 6) % 256
        picture = np.stack(np.broadcast_arrays(across[None, :], down[:, None], 255 - across[None, :]), axis=-1)
        picture = np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
        path = folder / f"{index:05}.png"
        Image.fromarray(picture).convert(mode).save(path)
        frames.append((f"step {index}", path))
    return frames


def played(path: Path) -> tuple[list[np.ndarray], list[int]]:
    with Image.open(path) as gif:
        shown = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(gif)]
    return [picture for picture, _ in shown], [duration for _, duration in shown]


def test_every_frame_is_shown_and_the_last_one_is_held(tmp_path: Path) -> None:
    write_gif(frames_in(tmp_path, 5), tmp_path / "training.gif", fps=10)
    pictures, durations = played(tmp_path / "training.gif")
    assert len(pictures) == 5
    assert durations == [100, 100, 100, 100, HOLD_MS]
    assert pictures[0].shape == (40 + HEIGHT, 48, 3)


def test_it_plays_for_ever(tmp_path: Path) -> None:
    write_gif(frames_in(tmp_path, 2), tmp_path / "training.gif", fps=10)
    assert Image.open(tmp_path / "training.gif").info["loop"] == 0


def test_frames_look_like_their_pictures(tmp_path: Path) -> None:
    frames = frames_in(tmp_path, 6)
    write_gif(frames, tmp_path / "training.gif", fps=10)
    for (_, path), shown in zip(frames, played(tmp_path / "training.gif")[0], strict=True):
        error = np.abs(shown[:40].astype(int) - np.asarray(Image.open(path)).astype(int))
        assert error.mean() < 10


def test_each_frame_has_its_own_caption(tmp_path: Path) -> None:
    frames = [
        (f"step {1500 * index:,} · {96 * index} kimg", path)
        for index, (_, path) in enumerate(frames_in(tmp_path, 3, (240, 40)))
    ]
    write_gif(frames, tmp_path / "training.gif", fps=10)
    for (caption, _), shown in zip(frames, played(tmp_path / "training.gif")[0], strict=True):
        drawn = caption_bar(caption, 240).astype(float) * 255 / (BAR_SHADES - 1)
        assert np.abs(shown[40:, :, 0] - drawn).max() <= 1


def test_a_caption_is_dark_on_white_and_stays_inside_the_bar() -> None:
    bar = caption_bar("step 1,500 · 96 kimg, a qjpgy", 400)
    assert bar.max() == BAR_SHADES - 1
    assert bar.min() <= 3
    assert (bar[[0, -1]] == BAR_SHADES - 1).all()


def test_all_frames_share_one_palette(tmp_path: Path) -> None:
    path = tmp_path / "training.gif"
    write_gif(frames_in(tmp_path, 6), path, fps=10)
    colours = {tuple(colour) for picture in played(path)[0] for colour in picture.reshape(-1, 3)}
    assert len(colours) <= 255
    assert not local_colour_tables(path.read_bytes())


def local_colour_tables(data: bytes) -> int:
    """Frames with a palette of their own, counted along the blocks of the format (GIF89a, section 20)."""
    position, count = 13 + 3 * 2 ** ((data[10] & 7) + 1), 0
    while data[position] != 0x3B:
        if data[position] == 0x21:
            position += 2
        else:
            assert data[position] == 0x2C
            flags = data[position + 9]
            count += flags >> 7
            position += 10 + (3 * 2 ** ((flags & 7) + 1) if flags >> 7 else 0) + 1
        while data[position]:
            position += data[position] + 1
        position += 1
    return count


def test_grain_stays_still_until_the_last_frame(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    base = np.full((40, 48, 3), (200, 120, 40))
    frames: Frames = []
    for index in range(4):
        path = tmp_path / f"{index}.png"
        grain = rng.integers(-TOLERANCE // 3, TOLERANCE // 3, base.shape)
        Image.fromarray((base + grain).astype(np.uint8)).save(path)
        frames.append((str(index), path))
    write_gif(frames, tmp_path / "training.gif", fps=10)
    first, second, third, last = (picture[:40] for picture in played(tmp_path / "training.gif")[0])
    assert (first == second).all()
    assert (second == third).all()
    assert (third != last).any()


def test_a_pixel_that_changes_visibly_takes_its_new_colour() -> None:
    palette = Image.fromarray(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)).quantize(2)
    dark = palette_indices(Image.new("RGB", (1, 1), "black"), palette)
    light = palette_indices(Image.new("RGB", (1, 1), "white"), palette, dark)
    assert light != dark


def test_no_colour_is_taken_from_the_caption_or_from_transparency(tmp_path: Path) -> None:
    for name in ("black", "white"):
        Image.new("RGB", (8, 8), name).save(tmp_path / f"{name}.png")
    palette = shared_palette([tmp_path / "black.png", tmp_path / "white.png"], (8, 8))
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert palette_indices(Image.fromarray(noise), palette).max() < COLOURS


def test_wide_grids_are_scaled_down_and_small_ones_are_not(tmp_path: Path) -> None:
    frames = frames_in(tmp_path, 2, (300, 200))
    write_gif(frames, tmp_path / "small.gif", fps=10, max_width=150)
    write_gif(frames, tmp_path / "whole.gif", fps=10, max_width=400)
    assert Image.open(tmp_path / "small.gif").size == (150, 100 + HEIGHT)
    assert Image.open(tmp_path / "whole.gif").size == (300, 200 + HEIGHT)


def test_grids_of_another_size_take_the_size_of_the_last(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    frames = frames_in(tmp_path / "old", 2, (24, 24)) + frames_in(tmp_path, 2, (48, 40))
    write_gif(frames, tmp_path / "training.gif", fps=10)
    assert Image.open(tmp_path / "training.gif").size == (48, 40 + HEIGHT)


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_grey_and_transparent_grids_are_animated_too(tmp_path: Path, mode: str) -> None:
    write_gif(frames_in(tmp_path, 3, mode=mode), tmp_path / "training.gif", fps=10)
    assert len(played(tmp_path / "training.gif")[0]) == 3


def test_one_grid_is_a_still_picture(tmp_path: Path) -> None:
    frames = frames_in(tmp_path, 1)
    write_gif(frames, tmp_path / "training.gif", fps=10)
    (shown,), _ = played(tmp_path / "training.gif")
    error = np.abs(shown[:40].astype(int) - np.asarray(Image.open(frames[0][1])).astype(int))
    assert error.mean() < 10
    assert (shown[-1] == 255).all()


def test_long_trainings_are_thinned_evenly() -> None:
    kept = thinned(1001, MAX_FRAMES)
    assert len(kept) == MAX_FRAMES
    assert (kept[0], kept[-1]) == (0, 1000)
    assert set(np.diff(kept)) <= {5, 6}


def test_short_trainings_keep_every_frame() -> None:
    assert thinned(3, MAX_FRAMES) == [0, 1, 2]
    assert thinned(1, MAX_FRAMES) == [0]


def test_the_same_grids_give_the_same_bytes(tmp_path: Path) -> None:
    frames = frames_in(tmp_path, 3)
    for name in ("a.gif", "b.gif"):
        write_gif(frames, tmp_path / name, fps=10)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


def test_a_grid_that_cannot_be_read_is_named_and_the_old_gif_stays(tmp_path: Path) -> None:
    frames = frames_in(tmp_path, 3)
    path = tmp_path / "training.gif"
    write_gif(frames, path, fps=10)
    before = path.read_bytes()
    whole = frames[1][1].read_bytes()
    frames[1][1].write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UsageError, match=r"00001\.png"):
        write_gif(frames, path, fps=10)
    assert path.read_bytes() == before


def test_without_grids_there_is_nothing_to_animate(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sample grids"):
        write_gif([], tmp_path / "training.gif", fps=10)
