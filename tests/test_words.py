"""Words as numbers: where they are parted, what the network is told of them, and that it is the same every time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import laid_out, lexicon, params

from edgekit.extract.labels import entries
from edgekit.extract.page import Page, build_page
from edgekit.extract.places import PLACES, Span
from edgekit.extract.words import BUCKETS, CHAR_IDS, LETTERS, TAGS, Words, char_ids, encode

PAPER = """\
*Blue Heron Diner
18 Harbor Street
12/03/2019 18:45 | Table 4
2 x 4.50 Coffee | 9.00
Toast | 3.50
Subtotal | 12.50
Tax 8% | 1.00
TOTAL | $13.50
CASH | 20.00
CHANGE | 6.50"""


def encoded(printed: str, confidence: float = 0.98) -> tuple[Page, Words]:
    lines, rows = laid_out(printed, confidence)
    page = build_page(lines, rows, lexicon(), (params().first_year, params().last_year))
    return page, encode(page, entries(page, params()), lexicon())


def texts(page: Page, words: Words) -> list[str]:
    return [page.rows[span.row].text[span.start : span.end] for span in words.spans]


def told(printed: str, word: str) -> dict[str, float]:
    """What is said of the first such word, by name."""
    page, words = encoded(printed)
    number = texts(page, words).index(word)
    return dict(zip(PLACES, words.places[0, number].tolist(), strict=True))


def test_words_stand_in_reading_order_with_their_place() -> None:
    page, words = encoded(PAPER)
    assert texts(page, words)[:9] == [
        "Blue",
        "Heron",
        "Diner",
        "18",
        "Harbor",
        "Street",
        "12/03/2019",
        "18:45",
        "Table",
    ]
    first = words.spans[0]
    assert first == Span(0, 0, 0, 4, first.left, first.right)
    assert first.right - first.left == pytest.approx(4 * 9 / 16)
    assert words.chars.shape == (1, 64, LETTERS) and words.chars.dtype == np.int32
    assert words.places.shape == (1, 64, len(PLACES)) and words.places.dtype == np.float32
    count = len(words.spans)
    assert (words.chars[0, :count, 0] > 0).all()
    assert not words.chars[0, count:].any() and not words.places[0, count:].any()


def test_the_sizes_are_those_of_the_network() -> None:
    assert (len(PLACES), len(TAGS), LETTERS, CHAR_IDS, BUCKETS) == (125, 10, 16, 400, (64, 128, 256, 512))
    assert len(set(PLACES)) == len(PLACES)


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        ("TOTAL9.00", ["TOTAL", "9.00"]),
        ("TOTAL:RM9.00", ["TOTAL:", "RM9.00"]),
        ("Date12/03/2019 18:45", ["Date", "12/03/2019", "18:45"]),
        ("A  B", ["A", "B"]),
        ("100% juice", ["100%", "juice"]),
    ],
)
def test_a_word_ends_where_a_value_starts(printed: str, parts: list[str]) -> None:
    assert texts(*encoded(printed)) == parts


def test_characters_have_numbers() -> None:
    assert char_ids("Aé") == [66, 234]
    assert char_ids("€") == [385 + 0x20AC % 15]
    assert char_ids("abcdefghijklmnopqrst") == char_ids("abcdefghmnopqrst")


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_has_numbers_in_range(text: str) -> None:
    ids = char_ids(text)
    assert len(ids) == min(len(text), LETTERS)
    assert all(0 < number < CHAR_IDS for number in ids)


def test_what_is_known_of_a_total() -> None:
    total = told(PAPER, "$13.50")
    for name in (
        "amount",
        "money",
        "cents",
        "mark",
        "sum",
        "paid",
        "row_last",
        "line_first",
        "before total",
        "entry total",
    ):
        assert total[name] == 1.0, name
    for name in ("percent", "negative", "zero", "date", "time", "row_first", "is total", "entry tax", "above total"):
        assert total[name] == 0.0, name
    assert total["above tax"] == 1.0
    assert total["row"] == pytest.approx(7 / 9)
    assert total["from_top"] == pytest.approx(math.log1p(7) / 4)
    assert total["from_bottom"] == pytest.approx(math.log1p(2) / 4)
    assert total["right"] == pytest.approx(1.0)
    assert total["confidence"] == pytest.approx(0.98)


def test_what_is_known_of_other_words() -> None:
    assert told(PAPER, "12/03/2019")["date"] == 1.0
    assert told(PAPER, "18:45")["time"] == 1.0
    assert told(PAPER, "9.00")["product"] == 1.0
    assert told(PAPER, "12.50")["above"] == 1.0 and told(PAPER, "9.00")["above"] == 0.0
    assert told(PAPER, "8%")["percent"] == 1.0
    assert told(PAPER, "20.00")["largest"] == 0.0 and told(PAPER, "$13.50")["largest"] == 1.0
    assert told(PAPER, "TOTAL")["is total"] == 1.0
    assert told(PAPER, "Diner")["is company"] == 1.0 or told(PAPER, "Diner")["tallest"] == 1.0
    assert told(PAPER, "Blue")["tallest"] == pytest.approx(1.0)
    assert told(PAPER, "Table")["tallest"] == pytest.approx(1 / 1.4)


def test_a_long_page_keeps_its_top_and_its_end() -> None:
    page, words = encoded("\n".join(f"w{i} | x{i}" for i in range(400)))
    found = texts(page, words)
    assert words.chars.shape[1] == 512 and len(found) == 512
    assert found[:2] == ["w0", "x0"] and found[127] == "x63"
    assert found[128] == "w208" and found[-1] == "x399"
    row = PLACES.index("row")
    assert words.places[0, 128, row] == pytest.approx(208 / 399)


@pytest.mark.parametrize(("count", "bucket"), [(1, 64), (64, 64), (65, 128), (256, 256), (257, 512)])
def test_the_next_bucket_is_taken(count: int, bucket: int) -> None:
    _, words = encoded("\n".join(f"w{i}" for i in range(count)))
    assert len(words.spans) == count and words.chars.shape[1] == bucket


def test_an_empty_page_is_all_padding() -> None:
    page = build_page([], [], lexicon(), (2000, 2030))
    words = encode(page, entries(page, params()), lexicon())
    assert words.spans == () and words.chars.shape == (1, 64, LETTERS)
    assert not words.chars.any() and not words.places.any()


@settings(deadline=None)
@given(st.lists(st.text("aB9.,:/%$ -€\t", max_size=12), max_size=6))
def test_any_page_has_small_numbers(rows: list[str]) -> None:
    """Also of garbage; every character that is no space is in exactly one word."""
    lines, groups = laid_out("\n".join(["x", *rows]))
    page = build_page(lines, groups, lexicon(), (2000, 2030))
    words = encode(page, entries(page, params()), lexicon())
    assert np.isfinite(words.places).all() and np.abs(words.places).max() <= 2.0
    covered = [(span.row, i) for span in words.spans for i in range(span.start, span.end)]
    printed = [(row.index, i) for row in page.rows for i, c in enumerate(row.text) if not c.isspace()]
    assert covered == printed


def test_the_same_page_gives_the_same_numbers() -> None:
    one, two = encoded(PAPER)[1], encoded(PAPER)[1]
    assert one.spans == two.spans and (one.places == two.places).all() and (one.chars == two.chars).all()
