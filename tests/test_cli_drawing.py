from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageFont
from places import EXAMPLE

import edgekit.cli.drawing
from edgekit.cli.drawing import COLOURS, draw
from edgekit.cli.tables import clean, display_width, fit
from edgekit.decode import DecodeParams, Photo, load
from edgekit.reader import Reader
from edgekit.types import FIELD_NAMES, Field, Fields, Quad, Receipt, TextLine

PARAMS = DecodeParams(10**8, 10**8, 1000, 6.5, 10**7)


def has_colour(image: Image.Image, colour: str) -> bool:
    return bool((np.asarray(image) == ImageColor.getrgb(colour)).all(axis=-1).any())


def receipt_of(text: str, quad: Quad, rotation: int = 0) -> Receipt:
    fields = Fields(total=Field(Decimal("1.00"), "1.00", 0.9, (0,), True))
    return Receipt((TextLine(text, quad, 0.9),), ((0,),), 200, 100, fields, rotation)


def photo_of(width: int, height: int, factor: int = 1) -> Photo:
    return Photo(Image.new("RGB", (width, height), "white"), width * factor, height * factor, factor)


BOX = Quad((20, 40), (120, 40), (120, 60), (20, 60))


def test_every_field_has_a_colour_of_its_own() -> None:
    assert tuple(COLOURS) == FIELD_NAMES
    assert len(set(COLOURS.values())) == len(FIELD_NAMES)


def test_photo_text_and_legend_are_drawn(reader: Reader) -> None:
    photo = load(EXAMPLE, PARAMS)
    receipt = reader.read(EXAMPLE)
    drawn = draw(photo, receipt)
    assert drawn.width == 2 * photo.image.width + 12
    assert drawn.height > photo.image.height
    outlined = drawn.crop((0, 0, *photo.image.size))
    beside = drawn.crop((photo.image.width + 12, 0, drawn.width, photo.image.height))
    legend = drawn.crop((0, photo.image.height, drawn.width, drawn.height))
    assert all(has_colour(legend, COLOURS[name]) for name in FIELD_NAMES)
    for name in ("vendor", "date", "tax", "total"):
        assert has_colour(outlined, COLOURS[name])
        assert has_colour(beside, COLOURS[name])


def test_quads_are_drawn_where_they_are_in_reduced_and_turned_pictures() -> None:
    upright = draw(photo_of(200, 100), receipt_of("1.00", BOX))
    assert upright.getpixel((60, 40)) == ImageColor.getrgb(COLOURS["total"])
    large = Quad(*((2 * x, 2 * y) for x, y in BOX.points))
    reduced = draw(photo_of(200, 100, factor=2), receipt_of("1.00", large))
    assert reduced.tobytes() == upright.tobytes()
    lying = Quad((40, 180), (40, 80), (60, 80), (60, 180))
    turned = draw(photo_of(100, 200), receipt_of("1.00", lying, rotation=90))
    assert turned.size == upright.size
    assert turned.getpixel((60, 40)) == upright.getpixel((60, 40))


def test_small_text_is_enlarged() -> None:
    tiny = Quad((2, 4), (12, 4), (12, 10), (2, 10))
    drawn = draw(photo_of(50, 40), receipt_of("1.00", tiny))
    assert drawn.width > 2 * 50 * 2.5


@pytest.mark.parametrize("text", ["", " ", "Größe 9,90 €", "\u0301\u0301", "領収書", "a\nb", "x" * 500, "\x00"])
@pytest.mark.parametrize("bitmap", [False, True])
def test_any_text_can_be_drawn_with_either_font(text: str, bitmap: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if bitmap:
        if not hasattr(ImageFont, "load_default_imagefont"):
            pytest.skip("this Pillow has no way to ask for its bitmap font")
        font = ImageFont.load_default_imagefont()
        monkeypatch.setattr(edgekit.cli.drawing, "font_of", lambda _: font)
    assert draw(photo_of(200, 100), receipt_of(text, BOX)).mode == "RGB"


def test_a_picture_without_text_has_its_legend() -> None:
    drawn = draw(photo_of(1, 1), Receipt((), (), 1, 1))
    assert drawn.height > 100


def test_a_line_of_two_fields_shows_both(reader: Reader) -> None:
    field = Field("x", "x", 0.5, (0,), False)
    receipt = Receipt((TextLine("x", BOX, 1.0),), ((0,),), 200, 100, Fields(date=field, time=field))
    one = draw(photo_of(200, 100), Receipt(receipt.lines, receipt.rows, 200, 100, Fields(date=field)))
    assert draw(photo_of(200, 100), receipt).tobytes() != one.tobytes()


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("領収", 4), ("", 0)])
def test_width_counts_cells(text: str, width: int) -> None:
    assert display_width(text) == width


def test_cells_fit_exactly() -> None:
    for text, width, right in itertools.product(["", "abc", "abcdefghij", "領収書領収書"], [4, 8], [False, True]):
        assert display_width(fit(text, width, right)) == width
    assert fit("abcdefgh", 6) == "abc..."
    assert fit("abcdefgh", 6, right=True) == "...fgh"


def test_control_characters_never_reach_the_terminal() -> None:
    assert clean("a\x1b[31mb\r\n\u202ec") == "a [31mb   c"
