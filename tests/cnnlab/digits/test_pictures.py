"""Pictures: uploads of every mode and every kind of bad file, resizing, grey, and the drawn ones."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.digits import pictures
from cnnlab.digits.pictures import DRAWN, Picture


def gradient(height=6, width=9, channels=3):
    values = np.arange(height * width * channels).reshape(height, width, channels)
    return (values * 255 // values.max()).astype(np.uint8)


def saved(image, file_format="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def png(width, height, bit_depth, colour_type, raw):
    """A PNG written by hand: modes and sizes that Pillow does not write."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


# Reading


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_colour_comes_as_it_is(file_format):
    pixels = gradient()
    picture = pictures.read(saved(Image.fromarray(pixels), file_format, lossless=True), "a photo")
    assert picture.name == "a photo"
    np.testing.assert_array_equal(picture.pixels, pixels)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpeg(mode):
    image = Image.new("RGB", (40, 30), (200, 100, 50)).convert(mode)
    picture = pictures.read(saved(image, "JPEG", quality=95), "photo.jpg")
    assert picture.pixels.shape == (30, 40, 1 if mode == "L" else 3)
    expected = np.asarray(image.convert("L" if mode == "L" else "RGB"))[0, 0]
    np.testing.assert_allclose(picture.pixels[15, 20], np.atleast_1d(expected), atol=6)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png(mode):
    grey = gradient(channels=1)[..., 0]
    is_grey = mode in ("1", "L", "LA", "I;16")
    if mode == "I;16":
        data = saved(Image.fromarray(grey.astype(np.uint16) * 257))
    elif mode == "PA":
        data = saved(Image.fromarray(grey).convert("P").convert("PA").convert("RGBA").quantize(8))
    else:
        data = saved(Image.fromarray(grey).convert(mode))
    picture = pictures.read(data, mode)
    assert picture.pixels.shape == (6, 9, 1 if is_grey else 3)
    if mode == "1":
        assert set(np.unique(picture.pixels)) <= {0, 255}
    elif mode != "PA":
        np.testing.assert_array_equal(picture.pixels, np.repeat(grey[..., None], picture.pixels.shape[2], axis=2))


def test_sixteen_bits_are_scaled_and_not_cut_off():
    values = np.array([[0, 128, 257 * 7, 32_896, 65_535]], np.uint16)
    picture = pictures.read(saved(Image.fromarray(values)), "deep")
    assert picture.pixels[0, :, 0].tolist() == [0, 0, 7, 128, 255]


def test_sixteen_bits_of_colour():
    row = b"\x00" + struct.pack(">6H", 0xFFFF, 0x8080, 0, 0x0101, 0x0202, 0x0303)
    picture = pictures.read(png(2, 1, 16, 2, row), "deep")
    assert picture.pixels[0].tolist() == [[255, 128, 0], [1, 2, 3]]


def test_transparent_is_laid_over_white():
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], np.uint8)
    picture = pictures.read(saved(Image.fromarray(rgba)), "cut out")
    assert picture.pixels[0].tolist() == [[255, 0, 0], [255, 255, 255], [127, 127, 127]]


def test_a_transparent_palette_colour_is_laid_over_white():
    image = Image.fromarray(np.array([[0, 1]], np.uint8), "L").convert("P")
    image.putpalette([10, 20, 30, 40, 50, 60])
    picture = pictures.read(saved(image, transparency=1), "palette")
    assert picture.pixels[0].tolist() == [[10, 20, 30], [255, 255, 255]]


def test_transparent_grey_stays_grey():
    image = Image.merge("LA", [Image.new("L", (2, 1), 0), Image.fromarray(np.array([[255, 0]], np.uint8))])
    assert pictures.read(saved(image), "grey").pixels[0].tolist() == [[0], [255]]


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_a_photo_is_turned_upright(file_format):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees clockwise
    lying = np.zeros((16, 32, 3), np.uint8)
    lying[:, :16] = 255  # what is left becomes the top
    picture = pictures.read(saved(Image.fromarray(lying), file_format, exif=exif), "turned")
    assert picture.pixels.shape == (32, 16, 3)
    assert picture.pixels[:14].min() > 240
    assert picture.pixels[18:].max() < 15


def test_the_first_frame_of_a_moving_picture():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert pictures.read(data, "moving").pixels[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_a_large_photo_is_brought_to_1024(file_format):
    picture = pictures.read(saved(Image.new("RGB", (3072, 2304), "teal"), file_format), "large")
    assert picture.pixels.shape == (768, 1024, 3)


# Bad files


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        saved(Image.new("RGB", (4, 4)), "GIF"),
        saved(Image.new("RGB", (4, 4)), "BMP"),
        saved(Image.new("RGB", (4, 4)), "TIFF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_a_foreign_file(data):
    with pytest.raises(
        ValueError, match="holiday is not a picture that can be read here: it must be PNG, JPEG or WebP"
    ):
        pictures.read(data, "holiday")


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_file(file_format, share):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    data = saved(Image.fromarray(noise), file_format)
    with pytest.raises(ValueError, match=r"half is (damaged|not a picture)"):
        pictures.read(data[: int(len(data) * share)], "half")


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])  # below Pillow's own limit, at its warning, at its error
def test_a_bomb(side):
    with pytest.raises(ValueError, match="bomb has too many pixels: at most 60 million"):
        pictures.read(png(side, side, 1, 0, b"\x00"), "bomb")


def test_a_file_that_is_too_large():
    with pytest.raises(ValueError, match=r"raw has 10\.5 MB; at most 10 MB can be read"):
        pictures.read(bytes(10_500_000), "raw")


def outcome(data):
    """Whether a file is read, or told by a ValueError; every other exception is a failure."""
    try:
        pictures.read(data, "damaged")
    except ValueError as error:
        return "told" if str(error).startswith("damaged ") else str(error)
    return "read"


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow, of a damaged note on how the camera was held
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_a_damaged_file_is_read_or_told(file_format):
    rng = np.random.default_rng(1)
    exif = Image.Exif()
    exif[0x0112] = 6
    noise = rng.integers(0, 256, (24, 24, 3), np.uint8)
    good = np.frombuffer(saved(Image.fromarray(noise), file_format, exif=exif), np.uint8)
    for _ in range(150):
        data = good.copy()
        data[rng.integers(0, len(data), 4)] = rng.integers(0, 256, 4)
        assert outcome(data.tobytes()) in ("read", "told")


# What a picture is


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2, 1)), np.zeros((0, 2, 1), np.uint8)],
)
def test_other_arrays_are_no_picture(pixels):
    with pytest.raises(ValueError, match="`pixels` must be an array of shape"):
        Picture("wrong", pixels)


def test_smaller_is_the_mean_of_what_is_covered():
    pixels = np.array([[0, 100, 10, 10], [100, 200, 30, 30]], np.uint8)[..., None]
    assert pictures.resize(Picture("small", pixels), 2).pixels[..., 0].tolist() == [[100, 20]]


def test_larger_repeats_pixels():
    pixels = gradient(2, 3)
    large = pictures.resize(Picture("large", pixels), 9).pixels
    np.testing.assert_array_equal(large, pixels.repeat(3, axis=0).repeat(3, axis=1))


@pytest.mark.parametrize(("shape", "expected"), [((1, 1000), (1, 28)), ((1000, 3), (28, 1)), ((28, 28), (28, 28))])
def test_a_side_never_vanishes(shape, expected):
    picture = Picture("thin", np.full((*shape, 3), 7, np.uint8))
    resized = pictures.resize(picture, 28).pixels
    assert resized.shape == (*expected, 3)
    assert (resized == 7).all()


def test_grey_is_that_of_pillow():
    pixels = np.random.default_rng(2).integers(0, 256, (20, 20, 3), np.uint8)
    grey = pictures.to_grey(Picture("colour", pixels)).pixels
    pillow = np.asarray(Image.fromarray(pixels).convert("L"))[..., None]
    assert np.abs(grey.astype(int) - pillow).max() <= 1  # Pillow works in integers
    assert pictures.to_grey(Picture("white", np.full((1, 1, 3), 255, np.uint8))).pixels.item() == 255


def test_grey_in_three_channels_and_back():
    grey = Picture("grey", gradient(channels=1))
    colour = pictures.to_rgb(grey)
    assert colour.pixels.shape == (6, 9, 3)
    np.testing.assert_array_equal(pictures.to_grey(colour).pixels, grey.pixels)
    assert pictures.to_grey(grey) is grey
    assert pictures.to_rgb(colour) is colour


def test_the_nearest_colour():
    assert pictures.nearest_colour(230, 230, 250) == ("lavender", 0)
    name, distance = pictures.nearest_colour(5, 1, 4)
    assert name == "black"
    assert distance == pytest.approx(np.sqrt(25 + 1 + 16))


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("side", [1, 7, 28, 96])
def test_drawn_pictures(name, side):
    picture = DRAWN[name](side)
    assert picture.name == name
    assert picture.pixels.shape in ((side, side, 1), (side, side, 3))
    np.testing.assert_array_equal(picture.pixels, DRAWN[name](side).pixels)
    if side >= 28:
        assert np.ptp(picture.pixels) > 180


def test_a_drawn_picture_has_a_size():
    with pytest.raises(ValueError, match=r"`side` must be at least 1\. Received: side=0"):
        DRAWN["Circle"](0)


def test_the_article_gives_the_weights_of_grey():
    article = (Path(__file__).parents[3] / "pages/parts/pixels/article.md").read_text()
    assert "grey}} = {:g}\\, R + {:g}\\, G + {:g}\\, B".format(*pictures.GREY_WEIGHTS) in article
