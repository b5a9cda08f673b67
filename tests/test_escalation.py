"""The caller's own function: asked only where there is doubt, checked, merged and marked; its errors stay its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edgekit.escalation import doubtful, escalated
from edgekit.types import FIELD_NAMES, Field, Fields, Quad, Receipt, TextLine

PICTURE = Image.new("RGB", (8, 8), "white")
LINE = TextLine("TOTAL 4.00", Quad((0, 0), (8, 0), (8, 8), (0, 8)), 0.9)
SURE = Fields(
    vendor=Field("Corner Shop", "Corner Shop", 0.99, (0,), False),
    date=Field("2019-03-25", "03/25/2019", 0.99, (0,), False),
    total=Field(Decimal("4.00"), "4.00", 0.99, (0,), False),
)
UNSURE = replace(
    SURE,
    total=Field(Decimal("4.00"), "4.00", 0.4, (0,), True),
    tax=Field(Decimal("0.40"), "0.40", 0.3, (0,), True),
    time=Field("10:00", "10:00", 0.5, (0,), True),
    currency=Field("USD", "$", 0.5, (0,), True),
    date=Field("2019-04-03", "03/04/2019", 0.5, (0,), True, ("2019-03-04",)),
)


def receipt(fields: Fields) -> Receipt:
    return Receipt((LINE,), ((0,),), 8, 8, fields, warnings=("a page was left out",))


def asked(fields: Fields, answer: Any) -> Receipt:
    return escalated(receipt(fields), PICTURE, lambda image, seen: answer)


def test_what_is_doubtful() -> None:
    assert doubtful(receipt(SURE)) == ()
    assert doubtful(receipt(UNSURE)) == ("date", "time", "currency", "tax", "total")
    assert doubtful(receipt(Fields())) == ("vendor", "date", "total")
    assert doubtful(Receipt((), (), 8, 8)) == ()


def test_the_function_gets_picture_and_receipt() -> None:
    seen: list[Any] = []
    local = receipt(UNSURE)
    assert escalated(local, PICTURE, lambda *given: seen.append(given)) == local
    assert seen == [(PICTURE, local)]


def test_an_answer_is_merged_and_marked() -> None:
    found = asked(UNSURE, {"total": "5.25", "tax": None})
    assert found.total == Field(Decimal("5.25"), "", 1.0, (), False, (), "escalated")
    assert found.tax == UNSURE.tax and found.vendor == SURE.vendor
    assert found.warnings == ("a page was left out",)
    assert found.to_dict()["fields"]["total"]["source"] == "escalated"
    assert found.to_dict()["fields"]["tax"]["source"] == "local"


def test_a_confirmed_answer_keeps_where_it_stands() -> None:
    found = asked(UNSURE, {"total": 4, "date": "2019-04-03"})
    assert found.total == Field(Decimal("4.00"), "4.00", 1.0, (0,), False, (), "escalated")
    assert found.date == Field("2019-04-03", "03/04/2019", 1.0, (0,), False, (), "escalated")


def test_what_was_not_asked_is_not_taken() -> None:
    found = asked(UNSURE, {"vendor": "Another", "subtotal": "1.00"})
    assert found.fields == UNSURE and found.warnings == ("a page was left out",)


def test_fields_are_an_answer_with_their_own_confidence() -> None:
    total = Field(Decimal("5.00"), "5.00", 0.7, (0,), True)
    found = asked(UNSURE, Fields(total=total))
    assert found.total == replace(total, source="escalated")
    assert asked(UNSURE, {"total": total}).total == found.total


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("total", 5, Decimal(5)),
        ("total", 5.25, Decimal("5.25")),
        ("total", Decimal("5.10"), Decimal("5.10")),
        ("total", " 5.10 ", Decimal("5.10")),
        ("tax", 0, Decimal(0)),
        ("date", "2020-02-29", "2020-02-29"),
        ("date", date(2020, 2, 29), "2020-02-29"),
        ("time", "23:59:59", "23:59:59"),
        ("currency", " EUR ", "EUR"),
    ],
)
def test_values_that_are_taken(name: str, given: Any, value: Any) -> None:
    found = getattr(asked(UNSURE, {name: given}), name)
    assert (found.value, found.source, found.needs_review) == (value, "escalated", False)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *[("total", bad) for bad in ("", "four", True, float("nan"), float("inf"), "NaN", "1e99", [4], 10**13)],
        *[("date", bad) for bad in ("", "03/04/2019", "2019-02-30", "2019-4-3", 20190403)],
        *[("time", bad) for bad in ("24:00", "9:30", "noon", 930)],
        *[("currency", bad) for bad in ("", "usd", "$", "DOLLAR", 1)],
        ("total", Field(Decimal(1), "", 1.5, (), False)),
        ("total", Field(Decimal(1), "", float("nan"), (), False)),
        ("total", Field(Decimal(1), "", 0.5, (7,), False)),
        ("total", Field("four", "", 0.5, (), False)),
    ],
)
def test_values_that_are_not(name: str, given: Any) -> None:
    found = asked(UNSURE, {name: given, "tax" if name != "tax" else "total": "1.00"})
    assert getattr(found.fields, name) == getattr(UNSURE, name)
    assert found.tax is not None and found.tax.source == "escalated"  # one bad answer costs the others nothing
    (warning,) = found.warnings[1:]
    assert warning.startswith(f"escalation: {name}: ") and warning.endswith("the local answer stands")
    assert "\n" not in warning


@pytest.mark.parametrize("given", ["", "  ", "a\nb", "x" * 201, 5])
def test_names_that_are_not(given: Any) -> None:
    found = asked(Fields(), {"vendor": given})
    assert found.vendor is None and len(found.warnings) == 2


def test_a_missing_vendor_may_be_given() -> None:
    found = asked(Fields(), {"vendor": " Café Zürich "})
    assert found.vendor == Field("Café Zürich", "", 1.0, (), False, (), "escalated")


@pytest.mark.parametrize("answer", ["a string", 5, ["total"], object()])
def test_an_answer_that_is_none_is_told(answer: Any) -> None:
    found = asked(UNSURE, answer)
    assert found.fields == UNSURE
    assert "not a mapping or Fields" in found.warnings[-1] and "\n" not in found.warnings[-1]


def test_an_unknown_name_is_told() -> None:
    found = asked(UNSURE, {"totl": "4.00", "total": "5.00"})
    assert found.warnings[1:] == ("escalation: unknown field 'totl': left out",)
    assert found.total is not None and found.total.value == Decimal("5.00")


@pytest.mark.parametrize("error", [ValueError("no\nnet"), RuntimeError(), KeyError("x"), TimeoutError("slow")])
def test_an_exception_leaves_the_local_answers(error: Exception) -> None:
    def fail(image: Image.Image, seen: Receipt) -> None:
        raise error

    found = escalated(receipt(UNSURE), PICTURE, fail)
    assert found.fields == UNSURE
    assert found.warnings[-1].startswith(f"escalation failed ({type(error).__name__}")
    assert "\n" not in found.warnings[-1]


def test_an_interrupt_is_no_answer() -> None:
    def stop(image: Image.Image, seen: Receipt) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        escalated(receipt(UNSURE), PICTURE, stop)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.decimals() | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(FIELD_NAMES) | st.text(max_size=5), JUNK, max_size=8) | JUNK)
def test_whatever_it_answers_the_receipt_is_sound(answer: Any) -> None:
    found = asked(UNSURE, answer)
    for name in FIELD_NAMES:
        field = getattr(found.fields, name)
        assert field == getattr(UNSURE, name) or (field.source == "escalated" and 0 <= field.confidence <= 1)
    found.to_json()
