"""Labels: what an amount is by the anchors around it, on its row or the next."""

from __future__ import annotations

import pytest
from printed import laid_out, lexicon, params

from edgekit.extract.labels import Entry, entries, kind_of
from edgekit.extract.page import build_page


def found(printed: str) -> tuple[Entry, ...]:
    return entries(build_page(*laid_out(printed), lexicon(), (1990, 2035)), params())


def kinds(printed: str) -> list[tuple[str, str]]:
    return [(entry.kind, str(entry.amount.value)) for entry in found(printed)]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("TOTAL", "total"),
        ("T0TAL", "total"),
        ("T0TAL DUE", "total_final"),
        ("GRAND TOTAL", "total_final"),
        ("TOTAL ROUNDED", "total_final"),
        ("TOTAL AFTER ROUNDING", "total_final"),
        ("SUB TOTAL", "subtotal"),
        ("SUBTOTAL (QTY 4)", "subtotal"),
        ("TOTAL SALES (EXCLUDING GST)", "subtotal"),
        ("TOTAL BEFORE TAX", "subtotal"),
        ("SUMME", "total"),
        ("ZWISCHENSUMME", "subtotal"),
        ("JUMLAH", "total"),
        ("JUMLAH BESAR", "total_final"),
        ("TOTAL QTY", "quantity"),
        ("TOTAL ITEMS", "quantity"),
        ("TOTAL SAVINGS", "discount"),
        ("ROUNDING ADJ", "rounding"),
        ("SERVICE CHARGE", "service"),
        ("Tip", "tip"),
        ("Suggested Tip", "suggestion"),
        ("CASH", "payment"),
        ("CASH CHANGE", "change"),
        ("CHANGE DUE", "change"),
        ("GST 6%", "tax"),
        ("6% GST INCL IN TOTAL", "tax"),
        ("GST REG NO", "tax_id"),
        ("TAX INVOICE", "tax_name"),
        ("TOTAL GST", "tax"),
        ("TVA 10%", "tax"),
        ("Total TTC", "total_strong"),
        ("Milk", ""),
    ],
)
def test_kind_of_a_label(label: str, kind: str) -> None:
    assert kind_of(lexicon().money.find(label)) == kind


def test_total_with_tax_is_settled_by_size() -> None:
    assert kinds("SUBTOTAL | 20.00\nTOTAL INCLUDES GST | 21.20")[1] == ("total_strong", "21.20")
    assert kinds("TOTAL | 21.20\nTOTAL INCLUDES GST | 1.20")[1] == ("tax", "1.20")


def test_a_rounding_of_more_than_cents_is_the_rounded_total() -> None:
    assert kinds("ROUNDING | 0.02\nROUNDING | 45.35") == [("rounding", "0.02"), ("total_final", "45.35")]


def test_a_label_belongs_to_the_amount_after_it() -> None:
    assert kinds("Tax 0.63 Total 7.61") == [("tax", "0.63"), ("total", "7.61")]
    assert kinds("9.00 TOTAL") == [("total", "9.00")]


def test_a_bare_amount_borrows_the_label_above_and_each_label_lends_once() -> None:
    printed = "SUBTOTAL | 12.25\n1.01\nTAX\n13.26\nTOTAL"
    assert kinds(printed) == [("subtotal", "12.25"), ("tax", "1.01"), ("total", "13.26")]
    assert [entry.adopted for entry in found(printed)] == [False, True, True]


def test_column_headings_lend_nothing() -> None:
    assert kinds("QTY | PRICE\n5.00")[-1] == ("", "5.00")


def test_a_lost_point_is_put_back_beside_a_label_only() -> None:
    printed = "TEA | 4.00\nBUN | 2.50\nCAKE | 3.00\n8091\nTOTAL | 950"
    assert [(e.kind, str(e.amount.value), e.amount.noisy) for e in found(printed)][-1] == ("total", "9.5", True)
    assert ("", "8091") in kinds(printed)


def test_rates_are_no_amounts() -> None:
    assert kinds("GST 6.00% | 0.54") == [("tax", "0.54")]


def test_where_no_price_has_cents_thousands_are_money() -> None:
    assert [e.is_money for e in found("TOTAL | 25.000\nTunai | 50.000")] == [True, True]
    assert [e.is_money for e in found("TOTAL | 25.000\nCASH | 50.00")] == [False, True]
