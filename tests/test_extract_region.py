"""Region: the currency, and the order of dates its country prints."""

from __future__ import annotations

import pytest
from printed import laid_out, lexicon

from edgekit.extract.page import build_page
from edgekit.extract.region import RegionFound, find_region
from edgekit.parsing.dates import DAY_FIRST, MONTH_FIRST


def region(printed: str) -> RegionFound:
    return find_region(build_page(*laid_out(printed), lexicon(), (1990, 2035)), lexicon())


@pytest.mark.parametrize(
    ("printed", "code", "mark"),
    [
        ("TOTAL | RM9.00", "MYR", "RM"),
        ("TOTAL | $ 9.00", "USD", "$"),
        ("TOTAL | S$9.00", "SGD", "S$"),
        ("Summe | 9,00 €", "EUR", "€"),
        ("AMOUNT (RM)\nTOTAL | 9.00", "MYR", "RM"),
        ("ABN 12 345\nEFTPOS\nNSW\nTOTAL | $9.00", "AUD", "$"),
        ("ACME SDN BHD\nJALAN MAWAR, SELANGOR\nTOTAL | 9.00", "MYR", ""),
        ("TOTAL | 9.00", "", ""),
    ],
)
def test_currency(printed: str, code: str, mark: str) -> None:
    found = region(printed)
    assert (found.currency, found.mark) == (code, mark)


def test_a_mark_says_where_it_stands() -> None:
    assert region("Tea | 4.00\nTOTAL | RM9.00").lines == (3,)


def test_a_rival_mark_lowers_agreement() -> None:
    assert region("TOTAL | RM9.00").agreement == 1.0
    mixed = region("Tea | €4.00\nBun | €2.00\nTOTAL | RM6.00\nSDN BHD JALAN TAMAN SELANGOR JOHOR")
    assert mixed.currency == "MYR"
    assert mixed.agreement < 1.0


@pytest.mark.parametrize(
    ("printed", "first", "second"),
    [
        ("Portland, ME 04101\n(207) 555-0142\nSales Tax | $1.00", MONTH_FIRST, DAY_FIRST),
        ("ACME SDN BHD\nTOTAL | RM9.00", DAY_FIRST, MONTH_FIRST),
        ("TOTAL | £9.00\nVAT 1.50", DAY_FIRST, MONTH_FIRST),
    ],
)
def test_order_of_dates(printed: str, first: str, second: str) -> None:
    orders = region(printed).orders
    assert orders[first] > orders[second]
