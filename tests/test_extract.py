"""Whole receipts in several languages: what is printed is found, what is not printed is not invented."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import extractor, laid_out, params, read

from edgekit.calibration import Calibration
from edgekit.extract import CLASSICAL, How
from edgekit.types import FIELD_NAMES, Fields

MALAYSIA = """
KEDAI BUKU HARAPAN SDN BHD
(123456-X)
NO. 5, JALAN MAWAR 3,
43000 KAJANG, SELANGOR.
TEL: 03-87361234
TAX INVOICE
DATE: 25/12/2018 | 8:13:39 PM
ITEM | QTY | AMOUNT
PENCIL 2B | 2 | 5.00
EXERCISE BOOK | 4 | 12.50
SUB TOTAL | RM17.50
GST 6% | RM1.05
ROUNDING ADJ | RM0.00
TOTAL | RM18.55
CASH | RM20.00
CHANGE | RM1.45
THANK YOU
"""
DINER = """
*Blue Heron Diner
18 Harbor Street
Portland, ME 04101
(207) 555-0142
Server: Ana
03/04/2018 | 7:48 PM
1 Fish Tacos | $14.00
2 Lemonade | $6.00
Subtotal | $20.00
Sales Tax | $1.60
Total | $21.60
Visa | $21.60
Thank you
"""
GERMANY = """
Bäckerei Sommer GmbH
Hauptstraße 12
80331 München
Tel. 089 1234567
Datum: 03.04.2018 | 10:31
Brot | 3,20 A
Brezel | 1,80 A
Zwischensumme | 5,00
SUMME EUR | 5,00
Bar | 10,00
Rückgeld | 5,00
MwSt 7% | 4,67 | 0,33 | 5,00
"""
FRANCE = """
Boulangerie du Pont SARL
4 rue des Lilas
69001 Lyon
Le 14/07/2019 | 12h30
Formule midi | 12,00
Café | 2,00
TOTAL HT | 12,73
TVA 10% | 1,27
TOTAL TTC | 14,00 €
CB | 14,00 €
"""
SPAIN = """
Restaurante La Higuera SL
Calle Mayor 7
28013 Madrid
NIF B12345678
Fecha: 05/11/2019 | 14:20
Menú del día | 12,00
Agua | 1,50
Base imponible | 12,27
IVA 10% | 1,23
TOTAL A PAGAR | 13,50 €
Efectivo | 20,00
Cambio | 6,50
"""
ITALY = """
TRATTORIA DEL PORTO SRL
Via Roma 10
80100 Napoli
P.IVA 01234567890
14/07/2019 | 21:23
4 COPERTO | 8,00
SPAGHETTI | 11,00
TOTALE EURO | 19,00
DI CUI IVA | 1,73
CONTANTE | 20,00
RESTO | 1,00
"""
NETHERLANDS = """
Fietsenmaker De Wiel BV
Dorpsstraat 1
Datum 31-10-2019 | 16:05
Binnenband | 7,50
Ventiel | 1,25
Totaal | 8,75
BTW 21% | 1,52
Pinnen | 8,75
"""
INDONESIA = """
WARUNG MELATI
JL. KENANGA NO 8 JAKARTA
NPWP 01.234.567.8
Tanggal: 17-08-2019 | 12:10
Nasi goreng | 25.000
Es teh | 5.000
Subtotal | 30.000
PB1 10% | 3.000
TOTAL BAYAR | Rp 33.000
Tunai | 50.000
Kembali | 17.000
"""
MISREAD = """
KEDAI B0LA SON BHD
NO. 8, JALAN BUNGA 1,
50000 KUALA LUMPUR
0ATE: O1/O2/2018 | 18:20
BALL PUMP | 1 | 2O.00
SUB T0TAL | 20.OO
GST 6% | 1.20
T0TAL DUE | RN21.20
CASH | 50.00
CHANGE | 28.80
"""


def check(fields: Fields, **expected: str) -> None:
    found = {name: getattr(fields, name) for name in FIELD_NAMES}
    assert {name: str(found[name].value) if found[name] else None for name in expected} == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (MALAYSIA, "KEDAI BUKU HARAPAN SDN BHD|2018-12-25|20:13:39|MYR|17.50|1.05|18.55"),
        (DINER, "Blue Heron Diner|2018-03-04|19:48|USD|20.00|1.60|21.60"),
        (GERMANY, "Bäckerei Sommer GmbH|2018-04-03|10:31|EUR|5.00|0.33|5.00"),
        (FRANCE, "Boulangerie du Pont SARL|2019-07-14|12:30|EUR|12.73|1.27|14.00"),
        (SPAIN, "Restaurante La Higuera SL|2019-11-05|14:20|EUR|12.27|1.23|13.50"),
        (ITALY, "TRATTORIA DEL PORTO SRL|2019-07-14|21:23|EUR|None|1.73|19.00"),
        (NETHERLANDS, "Fietsenmaker De Wiel BV|2019-10-31|16:05|EUR|None|1.52|8.75"),
        (INDONESIA, "WARUNG MELATI|2019-08-17|12:10|IDR|30000|3000|33000"),
        (MISREAD, "KEDAI BOLA SDN BHD|2018-02-01|18:20|MYR|20.00|1.20|21.20"),
    ],
    ids=["malaysia", "diner", "germany", "france", "spain", "italy", "netherlands", "indonesia", "misread"],
)
def test_whole_receipts(printed: str, expected: str) -> None:
    fields = read(printed)
    found = [getattr(fields, name) for name in FIELD_NAMES]
    assert "|".join(str(field.value) if field else "None" for field in found) == expected


def test_a_field_says_what_was_read_and_where() -> None:
    fields = read(MALAYSIA)
    lines, _ = laid_out(MALAYSIA)
    assert fields.total is not None
    assert fields.total.text == "RM18.55"
    assert [lines[i].text for i in fields.total.lines] == ["TOTAL", "RM18.55"]
    assert fields.vendor is not None
    assert [lines[i].text for i in fields.vendor.lines] == ["KEDAI BUKU HARAPAN SDN BHD"]
    assert all(isinstance(field.value, Decimal) for field in (fields.total, fields.tax, fields.subtotal) if field)


def test_two_readings_of_a_date_come_with_the_likely_one_first() -> None:
    american, malaysian = read(DINER).date, read(MALAYSIA.replace("25/12/2018", "03/04/2018")).date
    assert american is not None and malaysian is not None
    assert (american.value, american.alternatives) == ("2018-03-04", ("2018-04-03",))
    assert (malaysian.value, malaysian.alternatives) == ("2018-04-03", ("2018-03-04",))


def test_without_evidence_the_reading_is_a_guess_that_needs_review() -> None:
    date = read("Corner Shop\n03/04/2018\nTOTAL | 5.00").date
    assert date is not None
    assert date.needs_review
    assert date.alternatives == ("2018-03-04",)


def test_another_date_on_the_receipt_decides() -> None:
    date = read("Corner Shop\nDATE 03/04/2018 10:00\nPROMOTION ENDS 28/04/2018\nTOTAL | 5.00").date
    assert date is not None
    assert (date.value, date.alternatives) == ("2018-04-03", ("2018-03-04",))


def test_sums_that_fit_raise_confidence_and_sums_that_do_not_lower_it() -> None:
    fitting, broken = (
        read(MALAYSIA).total,
        read(MALAYSIA.replace("RM1.45", "RM3.45").replace("RM17.50", "RM11.50")).total,
    )
    assert fitting is not None and broken is not None
    assert fitting.confidence > broken.confidence


def test_poorly_read_lines_lower_confidence() -> None:
    sharp, blurred = read(DINER, 0.99), read(DINER, 0.9)
    for name in ("vendor", "date", "total", "tax"):
        assert getattr(sharp, name).confidence > getattr(blurred, name).confidence


def test_review_follows_the_threshold_of_the_field_or_the_common_one() -> None:
    calibration = Calibration.parse(params().calibration[CLASSICAL], "params")
    fields = {name: getattr(read(DINER, 0.85), name) for name in FIELD_NAMES}
    for name, field in fields.items():
        own = calibration.review_threshold(name, How().review_error)
        assert field.needs_review == (field.confidence < (params().review_threshold if own is None else own))


def test_tilted_and_turned_pages_read_the_same() -> None:
    upright = read(DINER)
    for moved in (lambda p: (-p[0], -p[1]), lambda p: (-p[1], p[0]), lambda p: (p[0] - 0.1 * p[1], p[1] + 0.1 * p[0])):
        turned = extractor().extract(*laid_out(DINER, moved=moved))
        assert [getattr(turned, n) and getattr(turned, n).value for n in FIELD_NAMES] == [
            getattr(upright, n) and getattr(upright, n).value for n in FIELD_NAMES
        ]


@pytest.mark.parametrize(
    ("printed", "total"),
    [
        ("Shop\nTOTAL | 31.47\nROUNDING ADJ | -0.02\nTOTAL ROUNDED | 31.45\nCASH | 50.00\nCHANGE | 18.55", "31.45"),
        ("Shop\nSoup | 8.00\nSUBTOTAL | 8.00\nTAX | 0.64\nTOTAL | 8.64\nSuggested Tip 20% | 1.60\nTIP\nTOTAL", "8.64"),
        ("Shop\nTea | 4.00\nTOTAL QTY | 3.00\nTOTAL | 4.00\nTOTAL SAVINGS | 9.00\nPOINTS BALANCE | 120.00", "4.00"),
        ("Shop\nTea | 4.00\nTOTAL\n4.00\nCASH | 10.00\nCHANGE | 6.00", "4.00"),
        ("Shop\nTOTAL (EXCL GST) | 10.00\nGST 6% | 0.60\nTOTAL (INCL GST) | 10.60", "10.60"),
        ("Shop\nTAKEOUT TOTAL (INCL GST) | 26.60\nTOTAL INCLUDES 6% GST | 1.51", "26.60"),
        ("Shop\nTOTAL | 10.60\nGST SUMMARY | AMOUNT | TAX\nSR 6% | 10.00 | 0.60\nTOTAL | 10.00 | 0.60", "10.60"),
        ("Shop\nSUBTOTAL | 20.00\nTAX | 1.60\nSERVICE CHARGE | 2.00\nT0TAL DUE | 23.60", "23.60"),
    ],
)
def test_which_amount_is_the_total(printed: str, total: str) -> None:
    check(read(printed), total=total)


@pytest.mark.parametrize(
    ("printed", "tax"),
    [
        ("Shop\nSUBTOTAL | 20.00\nSTATE TAX | 1.20\nCITY TAX | 0.40\nTOTAL | 21.60", "1.60"),
        ("Shop\nTOTAL | 26.60\nTOTAL INCLUDES 6% GST | 1.51", "1.51"),
        ("Shop\nTOTAL | 10.60\nGST SUMMARY | AMOUNT | TAX\nSR 6% | 10.00 | 0.60", "0.60"),
        ("Shop\nSumme | 17,25\nMwSt 19% | 10,00 | 1,90 | 11,90\nMwSt 7% | 5,00 | 0,35 | 5,35", "2.25"),
        ("Shop\nSUBTOTAL | 40.00\nCGST 2.5% | 1.00\nSGST 2.5% | 1.00\nTOTAL | 42.00", "2.00"),
        ("Shop\nSUBTOTAL | 41.00\nGST 2.5% | 1.00\nTOTAL | 42.00\nGST | 1.00", "1.00"),
        ("Shop\nSUBTOTAL | 40.00\nDISCOUNT | -5.00\nTAX 8% | 2.80\nTAX ON TIP | 0.40\nTOTAL | 37.80", "2.80"),
        ("Shop\nSUBTOTAL | 40.37\nCGST | 1.01\nSGST | 1.01\nROUNDING | 0.39\nTOTAL | 42.00", "2.02"),
        ("Shop\nTOTAL (INCL GST) | 217.00\nS 6% | 195.28 | 11.72\nZ 0% | 10.00 | 0.00", "11.72"),
        ("Shop\nTOTAL INCL GST | 28.03\nROUNDING | 0.02\nNET TOTAL | 28.05\nS | 20.38 | 1.22\nZ | 6.43 | 0.00", "1.22"),
        ("Shop\nTEA | 2.00\nTAX 8.25% | 2.00\nTOTAL | $2.17", "None"),
        ("Shop\nTAX ID 123456789\nTOTAL | 5.00", "None"),
        ("Shop\nTAX INVOICE\nTOTAL | 5.00", "None"),
    ],
)
def test_which_amount_is_the_tax(printed: str, tax: str) -> None:
    found = read(printed).tax
    assert str(found.value if found else None) == tax


def test_halves_of_a_tax_name_both_lines() -> None:
    tax = read("Shop\nSUBTOTAL | 40.00\nCGST 2.5% | 1.00\nSGST 2.5% | 1.00\nTOTAL | 42.00").tax
    assert tax is not None
    assert (tax.text, tax.lines) == ("1.00 + 1.00", (3, 4, 5, 6))


def test_summed_taxes_name_all_their_lines() -> None:
    tax = read("Shop\nSUBTOTAL | 20.00\nSTATE TAX | 1.20\nCITY TAX | 0.40\nTOTAL | 21.60").tax
    assert tax is not None
    assert tax.text == "1.20 + 0.40"
    assert tax.lines == (3, 4, 5, 6)


def test_nothing_plausible_is_none() -> None:
    assert extractor().extract([], []) == Fields()
    fields = read("12345\n***\n====")
    assert fields == Fields()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12))
def test_no_text_raises_and_every_field_is_sound(texts: list[str]) -> None:
    lines, rows = laid_out("\n".join(text.replace("\n", " ") for text in texts) or "x")
    fields = extractor().extract(lines, rows)
    for field in (getattr(fields, name) for name in FIELD_NAMES):
        if field is not None:
            assert 0.0 <= field.confidence <= 1.0
            assert all(0 <= i < len(lines) for i in field.lines)


def test_threads_share_one_extractor() -> None:
    lines, rows = laid_out(MALAYSIA)
    found: list[Fields] = []
    threads = [threading.Thread(target=lambda: found.append(extractor().extract(lines, rows))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({repr(fields) for fields in found}) == 1
