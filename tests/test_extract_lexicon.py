"""The lexicon: what ships parses, and every kind of bad data is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from printed import DATA, lexicon, params

from edgekit.errors import ManifestError
from edgekit.extract import Lexicon
from edgekit.extract.confidence import DATE_EVIDENCE, TAX_EVIDENCE, TOTAL_EVIDENCE, VENDOR_EVIDENCE
from edgekit.extract.totals import TOTAL_FEATURES
from edgekit.extract.vendor import NAME_FEATURES


def shipped() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "lexicon.json").read_text("utf-8"))
    return loaded


def test_what_ships_knows_languages_months_and_marks() -> None:
    found = lexicon()
    assert {found.months[name] for name in ("MAR", "MARZ", "MARZO", "MAAR T".replace(" ", ""))} == {3}
    assert (found.marks["RM"], found.marks["$"], found.marks["€"]) == ("MYR", "USD", "EUR")
    languages = {"en", "de", "fr", "es", "it", "nl", "pt", "ms", "id"}
    assert languages <= set(shipped()["anchors"]["total"])


def test_weights_fit_what_they_weigh() -> None:
    found = params()
    assert len(found.total_weights) == len(TOTAL_FEATURES)
    assert len(found.name_weights) == len(NAME_FEATURES)
    assert len(found.total_confidence) == len(TOTAL_EVIDENCE)
    assert len(found.vendor_confidence) == len(VENDOR_EVIDENCE)
    assert len(found.date_confidence) == len(DATE_EVIDENCE)
    assert len(found.tax_confidence) == len(TAX_EVIDENCE)
    assert 0.0 < found.answer_threshold < found.review_threshold < 1.0


def broken(change: str) -> dict[str, Any]:
    data = shipped()
    if change == "unknown key":
        data["colours"] = []
    elif change == "missing key":
        del data["months"]
    elif change == "unknown kind":
        data["anchors"]["colour"] = {"en": ["RED"]}
    elif change == "missing kind":
        del data["anchors"]["tax"]
    elif change == "letterless phrase":
        data["anchors"]["tax"]["en"] = ["--"]
    elif change == "phrase not text":
        data["anchors"]["tax"]["en"] = [7]
    elif change == "bad code":
        data["currencies"][0]["code"] = "myr"
    elif change == "bad order":
        data["currencies"][0]["date_order"] = "ydm"
    elif change == "unknown currency":
        data["regions"][0]["currency"] = "XXX"
    elif change == "month 13":
        data["months"]["13"] = ["SMARCH"]
    return data


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("unknown key", "colours"),
        ("missing key", "months"),
        ("unknown kind", "anchors.colour"),
        ("missing kind", "anchors.tax"),
        ("letterless phrase", "anchors.tax.en[0]"),
        ("phrase not text", "anchors.tax.en[0]"),
        ("bad code", "currencies[0].code"),
        ("bad order", "currencies[0].date_order"),
        ("unknown currency", "regions[0].currency"),
        ("month 13", "months"),
    ],
)
def test_bad_data_is_refused_with_its_place(change: str, place: str) -> None:
    with pytest.raises(ManifestError) as caught:
        Lexicon.parse(json.dumps(broken(change)), "lexicon.json")
    assert str(caught.value).startswith("lexicon.json: ")
    assert place in str(caught.value)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ManifestError, match=r"lexicon\.json"):
        Lexicon.parse("{", "lexicon.json")
