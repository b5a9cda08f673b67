"""Anchors: misread labels are found, neighbours in spelling are not, and folding forgets accents and look-alikes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.parsing.anchors import Anchors
from edgekit.parsing.folding import fold, skeleton, squash

ANCHORS = Anchors(
    [
        ("due", "TOTAL DUE"),
        ("sub", "SUB TOTAL"),
        ("total", "TOTAL"),
        ("total", "SUMME"),
        ("total", "JUMLAH"),
        ("due", "GRAND TOTAL"),
        ("change", "CHANGE"),
        ("service", "SERVICE CHARGE"),
        ("cash", "CASH"),
        ("tax", "TVA"),
        ("round", "ROUNDING ADJUSTMENT"),
        ("again", "TOTAL"),
    ]
)


def kinds(text: str) -> list[str]:
    return [mark.kind for mark in ANCHORS.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TOTAL", ["total"]),
        ("T0TAL", ["total"]),
        ("TOTAl:", ["total"]),
        ("T0TAL DUE", ["due"]),
        ("TOTALDUE", ["due"]),
        ("SUB TOTAL", ["sub"]),
        ("SUB-TOTAL", ["sub"]),
        ("SUBT0TAL", ["sub"]),
        ("SUBTOTA1", ["sub"]),
        ("GRANDTOTAL", ["due"]),
        ("GRAND TOTRL", ["due"]),
        ("GRAND TOAL", ["due"]),
        ("SUMME", ["total"]),
        ("SUNME", ["total"]),
        ("Summe EUR", ["total"]),
        ("JUMLAH", ["total"]),
        ("JUMLRH", ["total"]),
        ("ITOTAL", ["total"]),
        ("Rounding Adjustmcnt", ["round"]),
        ("ROUNDNG ADJUSTMENT", ["round"]),
        ("CASH CHANGE", ["cash", "change"]),
        ("CASHCHANGE", ["cash", "change"]),
        ("Service Charge", ["service"]),
        ("dont TVA", ["tax"]),
    ],
)
def test_misread_labels_are_found(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize("text", ["SUMMER ROLL", "TOTE BAG", "CASE", "CASHEW", "TVAX", "", "...", "LOCAL", "SUBWAY"])
def test_neighbours_in_spelling_are_not(text: str) -> None:
    assert kinds(text) == []


def test_the_longer_phrase_wins_and_marks_do_not_overlap() -> None:
    marks = ANCHORS.find("TOTAL DUE  CASH")
    assert [(m.kind, m.start, m.end, m.errors) for m in marks] == [("due", 0, 9, 0), ("cash", 11, 15, 0)]
    assert marks[0].phrase == "TOTAL DUE"


def test_the_first_of_two_equal_phrases_counts() -> None:
    assert kinds("TOTAL") == ["total"]


def test_masked_characters_part_phrases() -> None:
    assert [m.kind for m in ANCHORS.find("TOTAL9.00", ((5, 9),))] == ["total"]
    assert ANCHORS.find("TO9.00TAL", ((2, 6),)) == ()
    assert [m.kind for m in ANCHORS.find("TOTAL 9.00 DUE", ((6, 10),))] == ["total"]


def test_an_unforgiving_set_forgives_look_alikes_only() -> None:
    strict = Anchors([("total", "GRAND TOTAL")], forgiving=False)
    assert [m.kind for m in strict.find("GRAND T0TAL")] == ["total"]
    assert strict.find("GRAND TOTRL") == ()


def test_folding() -> None:
    assert fold("Straße Ærø café") == "STRASSE AERO CAFE"
    assert squash("T0TAL") == squash("total") == "TOTAI"
    bones = skeleton("ab ßc")
    assert (bones.letters, bones.sources) == ("ABSSC", (0, 1, 3, 3, 4))
    assert bones.edges == {0, 2, 5}


def test_what_is_masked_breaks_words() -> None:
    bones = skeleton("ab1.20c", ((2, 4), (4, 6)))
    assert (bones.letters, bones.sources) == ("AB\n\n\nC", (0, 1, 2, 2, 2, 6))
    assert bones.edges >= {0, 2, 5, 6} and 1 not in bones.edges


@given(st.text(max_size=80))
def test_no_text_raises_and_marks_lie_inside(text: str) -> None:
    marks = ANCHORS.find(text)
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert all(a.end <= b.start for a, b in pairwise(marks))


@given(
    st.sampled_from(["GRAND TOTAL", "ROUNDING ADJUSTMENT", "SERVICE CHARGE"]),
    st.integers(0, 30),
    st.sampled_from("QXK"),
)
def test_one_wrong_letter_in_a_long_phrase_is_forgiven(phrase: str, at: int, letter: str) -> None:
    at %= len(phrase)
    if phrase[at] == " ":
        return
    broken = phrase[:at] + letter + phrase[at + 1 :]
    assert kinds(broken) == kinds(phrase)


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(["Kuala Lumpur", "T0TAL", "SDN BHD 12", "Tax\u0301"]))))
def test_texts_left_out_hold_no_mark(texts: list[str]) -> None:
    exact = Anchors([("a", "TOTAL"), ("b", "Lumpur"), ("c", "Täx"), ("d", "hd1")], forgiving=False)
    marked = {i for i, text in enumerate(texts) if exact.find(text)}
    assert marked <= set(exact.among(texts))
