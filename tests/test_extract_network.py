"""The network's words as shares and log-odds."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from printed import lexicon, params
from scored import Table, Wrong, paper_of, reading_of

from edgekit.errors import BackendError
from edgekit.extract.network import FLOOR, POINTED, Network
from edgekit.extract.network import reading_of as reading_from
from edgekit.extract.paper import build_paper
from edgekit.extract.words import TAGS

SHOP = "Corner Shop\nTea | 4.00\nTOTAL | 4.00"


def test_shares_of_a_tag_and_none_sum_to_one() -> None:
    reading = reading_of(paper_of(SHOP), {"total": ["4.00"]}, sure=2.0)
    for tag in POINTED:
        whole = [reading.share(tag, [word]) for word in range(len(reading.spans))]
        assert sum(map(math.exp, whole)) + math.exp(reading.none(tag)) == pytest.approx(1.0)
    assert reading.share("total", []) == FLOOR


def test_two_words_that_say_the_same_share_what_they_have() -> None:
    reading = reading_of(paper_of(SHOP), {"total": ["4.00"]})
    one, other = reading.words(1, 6, 10), reading.words(2, 8, 12)
    assert [reading.spans[w].row for w in (*one, *other)] == [1, 2]
    assert math.exp(reading.share("total", one)) == pytest.approx(0.5, abs=0.01)
    assert math.exp(reading.share("total", [*one, *other])) == pytest.approx(1.0, abs=0.01)


def test_none_is_the_best_of_a_tag_nobody_has() -> None:
    reading = reading_of(paper_of(SHOP), {"total": ["4.00"]})
    assert reading.best("tax") is None
    assert reading.best("total") is not None
    assert math.exp(reading.none("tax")) > 0.99 and reading.none("total") < -5


def test_what_speaks_against_a_word() -> None:
    reading = reading_of(paper_of(SHOP), {"total": ["4.00"]})
    one, other = reading.words(1, 6, 10), reading.words(2, 8, 12)
    assert reading.against("total", one) == pytest.approx(reading.share("total", other))
    assert reading.against("total", [*one, *other]) == pytest.approx(reading.none("total"))
    assert reading.against("tax", one) == pytest.approx(0.0, abs=0.01)


def test_odds_are_clipped_and_rows_know_their_words() -> None:
    reading = reading_of(paper_of(SHOP), {"vendor": ["Corner"]})
    assert reading.said("vendor", [0, 1]) == [6.0, -6.0]
    assert reading.by_row[0] == (0, 1) == reading.by_line[0]
    assert reading.words(99, 0, 9) == () == reading.words(0, 500, 600)


def test_padding_is_not_read() -> None:
    paper = paper_of(SHOP)
    scores = np.zeros((1, 64, len(TAGS)), np.float32)
    scores[0, 6:] = 99.0
    reading = Network(Wrong(lambda: (scores,))).read(paper.page, paper.found, paper.lexicon)
    assert reading is not None
    assert list(reading.shares) == list(POINTED)
    for shares in reading.shares.values():
        assert np.exp(shares) == pytest.approx([1 / (len(reading.spans) + 1)] * (len(reading.spans) + 1))


def test_huge_scores_are_no_overflow() -> None:
    paper = paper_of(SHOP)
    count = len(reading_of(paper, {}).spans)
    for scale in (1e30, -1e30):
        reading = reading_from(reading_of(paper, {}).spans, np.full((count, len(TAGS)), scale))
        assert all(np.isfinite(shares).all() for shares in reading.shares.values())
        assert FLOOR <= reading.none("total") <= 0.0


def test_a_page_without_words_is_not_read() -> None:
    table = Table({})
    blank = build_paper([], [], lexicon(), params())
    assert Network(table).read(blank.page, blank.found, lexicon()) is None
    assert table.runs == 0


def test_scores_of_another_shape_are_refused() -> None:
    paper = paper_of(SHOP)
    for shape in ((1, 64, 3), (64, len(TAGS)), (1, 128, len(TAGS))):
        scores = np.zeros(shape, np.float32)
        network = Network(Wrong(functools.partial(tuple, [scores])))
        with pytest.raises(BackendError, match="export the bundle again"):
            network.read(paper.page, paper.found, paper.lexicon)
