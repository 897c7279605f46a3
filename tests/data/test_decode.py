from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ganzoo.data.contents import Unreadable
from ganzoo.data.decode import TURNS, decode, own_pixel_limit
from ganzoo.data.modes import from_float, from_sixteen_bit


def saved(image: Image.Image, image_format: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, image_format, **options)
    return data.getvalue()


@pytest.mark.parametrize("image_format", ["PNG", "WEBP", "BMP", "TIFF"])
def test_an_image_that_has_the_size_keeps_its_exact_values(image_format, section, noise):
    pixels = noise(8, 8, 3)
    options = {"lossless": True} if image_format == "WEBP" else {}
    assert np.array_equal(decode(saved(Image.fromarray(pixels), image_format, **options), section()), pixels)


def test_a_grey_image_fills_three_channels_alike(section, noise):
    pixels = noise(8, 8)
    image = decode(saved(Image.fromarray(pixels)), section())
    assert np.array_equal(image, np.repeat(pixels[:, :, None], 3, axis=2))


def test_a_grey_image_stays_itself_in_one_channel(section, noise):
    pixels = noise(8, 8)
    assert np.array_equal(decode(saved(Image.fromarray(pixels)), section(channels=1))[:, :, 0], pixels)


def test_transparent_pixels_take_the_background(section):
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[:4] = (10, 20, 30, 255)
    image = decode(saved(Image.fromarray(pixels)), section(background="#ff8000"))
    assert (image[:4] == (10, 20, 30)).all()
    assert (image[4:] == (255, 128, 0)).all()


def test_alpha_is_kept_with_four_channels(section, noise):
    pixels = noise(8, 8, 4)
    assert np.array_equal(decode(saved(Image.fromarray(pixels)), section(channels=4)), pixels)


def test_an_opaque_image_gets_full_alpha_with_four_channels(section, encoded):
    assert (decode(encoded(), section(channels=4))[:, :, 3] == 255).all()


def test_grey_with_alpha_is_laid_on_the_background(section):
    pixels = np.zeros((8, 8, 2), np.uint8)
    pixels[:4] = (50, 255)
    image = decode(saved(Image.fromarray(pixels, "LA")), section(channels=1, background="#ffffff"))
    assert (image[:4] == 50).all()
    assert (image[4:] == 255).all()


def test_a_palette_image_shows_its_colours(section):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 200, 100, 50])
    assert (decode(saved(image), section()) == (200, 100, 50)).all()


def test_a_transparent_palette_entry_takes_the_background(section):
    image = Image.new("P", (8, 8), 0)
    image.putpalette([0, 0, 0, 200, 100, 50])
    image.paste(1, (0, 0, 4, 8))
    pixels = decode(saved(image, transparency=0), section(background="#00ff00"))
    assert (pixels[:, :4] == (200, 100, 50)).all()
    assert (pixels[:, 4:] == (0, 255, 0)).all()


def test_a_transparent_rgb_colour_takes_the_background(section):
    image = Image.new("RGB", (8, 8), (1, 2, 3))
    assert (decode(saved(image, transparency=(1, 2, 3)), section(background="#0000ff")) == (0, 0, 255)).all()


def test_a_black_and_white_image_is_0_and_255(section):
    image = Image.new("1", (8, 8), 0)
    image.paste(1, (0, 0, 4, 8))
    pixels = decode(saved(image), section(channels=1))
    assert (pixels[:, :4] == 255).all()
    assert (pixels[:, 4:] == 0).all()


@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_not_cut(image_format, section):
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1040
    pixels = decode(saved(Image.fromarray(values), image_format), section(channels=1))
    assert np.array_equal(pixels[:, :, 0], np.rint(values / 257).astype(np.uint8))


def test_a_big_endian_sixteen_bit_tiff_is_scaled(section):
    values = (np.arange(64) * 1000).astype(">u2").reshape(8, 8)
    image = Image.frombytes("I;16B", (8, 8), values.tobytes())
    pixels = decode(saved(image, "TIFF"), section(channels=1))
    assert np.array_equal(pixels[:, :, 0], np.rint(values / 257).astype(np.uint8))


def test_a_32_bit_tiff_is_read_as_sixteen_bits(section):
    values = np.full((8, 8), 65535, np.int32)
    assert (decode(saved(Image.fromarray(values), "TIFF"), section()) == 255).all()


@given(st.integers(0, 255))
def test_sixteen_bits_hold_every_8_bit_value(value):
    assert from_sixteen_bit(np.array([[value * 257]]))[0, 0] == value


def test_a_float_tiff_from_0_to_1_is_scaled_and_clipped(section):
    values = np.linspace(-0.5, 1.0, 64, dtype=np.float32).reshape(8, 8)
    pixels = decode(saved(Image.fromarray(values), "TIFF"), section(channels=1))[:, :, 0]
    assert pixels[0, 0] == 0
    assert pixels[-1, -1] == 255


def test_floats_above_1_count_as_0_to_255_and_nan_as_0(section):
    values = np.zeros((8, 8), np.float32)
    values[0, :5] = [np.nan, -3.0, 100.4, 300.0, np.inf]
    pixels = decode(saved(Image.fromarray(values), "TIFF"), section(channels=1))[:, :, 0]
    assert pixels[0, :5].tolist() == [0, 0, 100, 255, 255]


def test_values_that_are_not_finite_are_0_and_255():
    assert from_float(np.array([[np.nan, -np.inf, 0.5, np.inf]]), 255.0).tolist() == [[0, 0, 128, 255]]


def test_cmyk_becomes_rgb(section):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert (decode(saved(image, "TIFF"), section()) == (255, 0, 0)).all()


def test_lab_colours_become_rgb(section):
    red, green, blue = decode(saved(Image.new("LAB", (8, 8), (128, 200, 128)), "TIFF"), section())[0, 0]
    assert red > 2 * green
    assert red > blue


@pytest.mark.parametrize("image_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_gives_its_first_frame(image_format, section):
    first, second = Image.new("RGB", (8, 8), (255, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 255))
    options = {"lossless": True} if image_format == "WEBP" else {}
    data = saved(first, image_format, save_all=True, append_images=[second], **options)
    assert (decode(data, section()) == (255, 0, 0)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["PNG", "TIFF"])
def test_exif_orientation_is_undone(orientation, image_format, section, noise):
    upright = Image.fromarray(noise(8, 8, 3))
    inverse = {6: 8, 8: 6}.get(orientation, orientation)
    stored = upright if orientation == 1 else upright.transpose(TURNS[inverse])
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(decode(saved(stored, image_format, exif=exif), section()), np.asarray(upright))


def test_crop_takes_the_middle(section, noise):
    pixels = noise(8, 14, 3)
    assert np.array_equal(decode(saved(Image.fromarray(pixels)), section(fit="crop")), pixels[:, 3:11])


@pytest.mark.parametrize(("channels", "border"), [(1, [29]), (3, [0, 0, 255]), (4, [0, 0, 255, 0])])
def test_pad_keeps_everything_and_borders_take_the_background(channels, border, section):
    image = Image.new("RGB", (16, 8), (255, 255, 255))
    pixels = decode(saved(image), section(fit="pad", channels=channels, background="#0000ff"))
    assert (pixels[2:6] == 255).all()
    assert (pixels[[0, 1, 6, 7]] == border).all()


def test_stretch_takes_the_whole_image(section):
    image = Image.new("RGB", (32, 8), (0, 0, 0))
    image.paste((255, 255, 255), (16, 0, 32, 8))
    pixels = decode(saved(image), section(fit="stretch"))
    assert (pixels[:, 0] == 0).all()
    assert (pixels[:, -1] == 255).all()


def test_shrinking_averages_instead_of_picking_pixels(section):
    checkers = (np.indices((128, 128)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert np.ptp(decode(saved(Image.fromarray(checkers)), section(channels=1))[1:-1, 1:-1]) <= 2


def test_a_large_jpeg_is_shrunk_close_to_its_full_decoding(section):
    ramp = np.repeat(np.linspace(0, 255, 512).astype(np.uint8)[None], 512, axis=0)
    data = saved(Image.fromarray(ramp), "JPEG", quality=95)
    full = Image.open(io.BytesIO(data)).resize((8, 8), Image.Resampling.BICUBIC)
    pixels = decode(data, section(channels=1))[:, :, 0]
    assert np.abs(pixels.astype(int) - np.asarray(full)).max() <= 2


def test_an_image_of_one_pixel_can_be_enlarged(section):
    assert (decode(saved(Image.new("RGB", (1, 1), (9, 8, 7))), section(fit="pad")) == (9, 8, 7)).all()


def test_an_extreme_aspect_ratio_can_be_padded(section):
    pixels = decode(saved(Image.new("RGB", (500, 1), (0, 0, 0))), section(fit="pad"))
    assert (pixels == 0).all(axis=(1, 2)).sum() == 1


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_truncated_file_says_so(image_format, section, noise):
    data = saved(Image.fromarray(noise(40, 40, 3)), image_format)
    with pytest.raises(Unreadable, match=r"^truncated$"):
        decode(data[: len(data) // 2], section())


@pytest.mark.parametrize("data", [b"hello", b"BMW makes cars", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\0" * 99])
def test_other_content_is_not_an_image(data, section):
    with pytest.raises(Unreadable, match=r"^not an image$"):
        decode(data, section())


def test_an_empty_file_says_so(section):
    with pytest.raises(Unreadable, match=r"^empty file$"):
        decode(b"", section())


@given(st.data())
def test_no_damage_to_a_file_raises_anything_but_unreadable(data):
    from ganzoo.config.models import Choice, DataSection
    from ganzoo.contracts.parts import DatasetConfig

    section = DataSection(source=Choice[DatasetConfig](kind="x", settings=DatasetConfig()), image_size=8)
    image_format = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]))
    broken = bytearray(saved(Image.linear_gradient("L").resize((16, 16)), image_format))
    for place in data.draw(st.lists(st.integers(0, len(broken) - 1), max_size=4)):
        broken[place] = data.draw(st.integers(0, 255))
    with own_pixel_limit():
        try:
            image = decode(bytes(broken), section.model_copy(update={"max_pixels": 10_000}))
        except Unreadable as error:
            assert error.message
        else:
            assert image.shape == (8, 8, 3)


def test_a_bomb_is_refused_by_its_header_alone(section):
    bomb = bytearray(saved(Image.new("1", (8, 8))))
    bomb[16:24] = (60_000).to_bytes(4, "big") + (50_000).to_bytes(4, "big")  # width and height in IHDR
    import zlib

    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with own_pixel_limit(), pytest.raises(Unreadable, match="too large: 60000 x 50000 pixels"):
        decode(bytes(bomb), section())


def test_the_limit_of_pixels_is_the_sections(section, noise):
    data = saved(Image.fromarray(noise(10, 10, 3)))
    with pytest.raises(Unreadable, match="too large: 10 x 10 pixels"):
        decode(data, section(max_pixels=99))
    assert decode(data, section(max_pixels=100)).shape == (8, 8, 3)


def test_pillows_own_limit_is_put_back():
    before = Image.MAX_IMAGE_PIXELS
    with own_pixel_limit():
        assert Image.MAX_IMAGE_PIXELS is None
    assert before == Image.MAX_IMAGE_PIXELS
