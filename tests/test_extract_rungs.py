"""The four rungs: what each needs, and what each makes of the same receipt."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from printed import extractor, laid_out, lexicon, params, read
from scored import Said, Table, with_calibration
from test_extract import DINER, MALAYSIA

from edgekit.errors import ManifestError, UsageError
from edgekit.extract import NETWORKED, RUNGS, Extractor, How
from edgekit.extract.rungs import params_of
from edgekit.types import FIELD_NAMES, Fields

PAPER = """
Welcome to Blue Heron Diner
18 Harbor Street
03/25/2019 | 7:48 PM
05/26/2019 | 8:00 PM
Soup | 14.00
Tea | 6.00
Netto | 20.00
Zulage | 1.60
Zu geben | 21.60
"""
SAID: Said = {
    "vendor": ["Blue", "Heron", "Diner"],
    "date": ["03/25/2019"],
    "time": ["7:48 PM", "7:48"],
    "subtotal": ["20.00"],
    "tax": ["1.60"],
    "total": ["21.60"],
    "description": ["Soup", "Tea"],
    "amount": ["14.00", "6.00"],
}


def opened(rung: str, said: Said, sure: float = 8.0, **changes: Any) -> Extractor:
    return Extractor(replace(params(), **changes), lexicon(), How(rung), Table(said, sure))


def values(fields: Fields) -> dict[str, str | None]:
    return {name: str(f.value) if (f := getattr(fields, name)) else None for name in FIELD_NAMES}


def test_the_network_alone_says_what_it_points_at() -> None:
    fields, items = opened("network", SAID).extract_all(*laid_out(PAPER))
    assert values(fields) == {
        **{"vendor": "Welcome to Blue Heron Diner", "date": "2019-03-25", "time": "19:48", "currency": None},
        **{"subtotal": "20.00", "tax": "1.60", "total": "21.60"},
    }
    assert [item.description for item in items] == ["Soup", "Tea"]
    assert fields.total is not None and fields.total.text == "21.60" and fields.total.confidence > 0.95


def test_what_the_network_points_at_nowhere_is_none() -> None:
    fields, items = opened("network", {}).extract_all(*laid_out(PAPER))
    assert (fields, items) == (Fields(), ())


def test_a_word_that_cannot_be_the_value_is_none() -> None:
    said = {"total": ["Soup"], "date": ["Harbor"], "time": ["Street"], "currency": ["Tea"], "tax": ["Street"]}
    assert set(values(opened("network", said).extract(*laid_out(PAPER))).values()) == {None}


def test_the_network_alone_reads_a_currency_from_its_mark() -> None:
    code = opened("network", {"currency": ["$21.60"]}).extract(*laid_out(DINER)).currency
    assert code is not None and (code.value, code.text) == ("USD", "$")
    word = opened("network", {"currency": ["EUR"]}).extract(*laid_out("Shop\nSUMME EUR | 5,00")).currency
    assert word is not None and (word.value, word.text) == ("EUR", "EUR")


def test_of_two_runs_of_a_name_the_likelier_is_taken() -> None:
    printed = "Red Kite\nx\nx\nx\nBlue Heron Diner\nTOTAL | 5.00"
    name = opened("network", {**SAID, "vendor": ["Kite", "Blue", "Heron", "Diner"]}).extract(*laid_out(printed)).vendor
    assert name is not None and name.value == "Blue Heron Diner"


def test_a_name_over_two_rows_is_one() -> None:
    printed = "Blue Heron\nDiner\nTOTAL | 5.00"
    name = opened("network", SAID).extract(*laid_out(printed)).vendor
    assert name is not None and (name.value, name.lines) == ("Blue Heron Diner", (0, 1))


def test_together_words_of_the_network_move_the_choice() -> None:
    alone = values(read(PAPER))
    fields, items = opened("joint", SAID).extract_all(*laid_out(PAPER))
    assert alone["vendor"] == "Welcome to Blue Heron Diner" and alone["tax"] is None
    assert values(fields) | {"currency": None} == {
        **{"vendor": "Blue Heron Diner", "date": "2019-03-25", "time": "19:48", "currency": None},
        **{"subtotal": "20.00", "tax": "1.60", "total": "21.60"},
    }
    assert len(items) == 2


def test_together_a_silent_network_leaves_the_choice_of_the_rules() -> None:
    for printed in (MALAYSIA, DINER):
        assert values(opened("joint", {}, 0.0).extract(*laid_out(printed))) == values(read(printed))


def test_together_agreement_is_surer_than_contradiction() -> None:
    agreed = opened("joint", {"total": ["$21.60"], "tax": ["$1.60"], "date": ["03/04/2018"], "time": ["7:48 PM"]})
    against = opened("joint", {"total": ["$14.00"], "tax": ["$6.00"], "date": ["Portland,"], "time": ["ME"]})
    yes, no = (each.extract(*laid_out(DINER)) for each in (agreed, against))
    for name in ("total", "tax", "date", "time"):
        assert getattr(yes, name).confidence > getattr(no, name).confidence


def test_items_that_add_up_speak_for_a_total() -> None:
    printed = "Shop\nSoup | 14.00\nTea | 6.00\nSumma | 20.00\nSumma | 21.00"
    said = {"description": ["Soup", "Tea"], "amount": ["14.00", "6.00"]}
    strong = replace(params().joint, total_weights=(1.0, 0.0, 0.0, 9.0, 0.0))
    total = opened("joint", said, joint=strong).extract(*laid_out(printed)).total
    assert total is not None and str(total.value) == "20.00"


def test_totals_of_two_rates_speak_for_their_sum() -> None:
    printed = "Shop\nTotal 0% | -9.60\nTotal 6% | 15.50\nTotal payable | 5.90"
    strong = replace(params().joint, total_weights=(0.0, 0.0, 0.0, 0.0, 1.0))
    total = opened("joint", {}, joint=strong).extract(*laid_out(printed)).total
    assert total is not None and str(total.value) == "5.90"


def test_a_page_without_words_is_without_fields() -> None:
    for rung in RUNGS:
        assert opened(rung, SAID).extract_all([], []) == (Fields(), ())


def test_rules_and_classical_leave_the_network_alone() -> None:
    for rung in RUNGS:
        table = Table(SAID)
        Extractor(params(), lexicon(), How(rung), table).extract(*laid_out(PAPER))
        assert table.runs == (rung in NETWORKED)


def test_rules_use_the_points_set_by_hand() -> None:
    ruled = params_of("rules", params())
    assert ruled.total_weights == params().rules.total_weights != params().total_weights
    assert params_of("classical", params()) is params()
    assert params_of("joint", params()).tax_confidence == params().joint.tax_confidence


def test_an_unknown_rung_and_a_missing_network_are_told() -> None:
    with pytest.raises(UsageError, match="choose one of rules, classical, network, joint"):
        How("gut feeling")
    for error in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(UsageError, match="between 0 and 1"):
            How(review_error=error)
    for rung in NETWORKED:
        with pytest.raises(UsageError, match="needs the extraction network"):
            Extractor(params(), lexicon(), How(rung))


def test_calibration_changes_confidence_and_review_but_no_answer() -> None:
    table = {"total": {"knots": [[0.0, 0.1], [1.0, 0.9]], "risks": [[0.5, 0.1], [0.85, 0.01]], "answers": 90}}
    plain = Extractor(with_calibration(), lexicon()).extract(*laid_out(DINER))
    for error, threshold in ((0.2, 0.5), (0.05, 0.85), (0.001, 2.0)):
        mapped = Extractor(with_calibration(classical=table), lexicon(), How("classical", error))
        fields = mapped.extract(*laid_out(DINER))
        assert values(fields) == values(plain) and fields.vendor == plain.vendor
        assert plain.total is not None and fields.total is not None
        assert fields.total.confidence == pytest.approx(0.1 + 0.8 * plain.total.confidence)
        assert fields.total.needs_review == (fields.total.confidence < threshold)


@pytest.mark.parametrize(("said", "given"), [(0.9, True), (0.31, True), (0.29, False)])
def test_what_is_given_is_likely_enough_after_calibration(said: float, given: bool) -> None:
    """Whatever the rung itself says of the total."""
    table = {"total": {"knots": [[0.0, said], [1.0, said]], "risks": [], "answers": 9}}
    total = Extractor(with_calibration(classical=table), lexicon()).extract(*laid_out(DINER)).total
    assert (total is not None and total.confidence == said) if given else total is None


def test_calibration_of_another_rung_is_not_used() -> None:
    table = {"total": {"knots": [[0.5, 0.5]], "risks": [], "answers": 9}}
    found = [Extractor(given, lexicon()) for given in (with_calibration(joint=table), with_calibration())]
    assert found[0].extract(*laid_out(DINER)) == found[1].extract(*laid_out(DINER))


def test_a_broken_calibration_is_told() -> None:
    with pytest.raises(ManifestError, match=r"params\.calibration\.classical: total"):
        Extractor(with_calibration(classical={"total": {"knots": []}}), lexicon())


def test_threads_share_one_extractor() -> None:
    together = opened("joint", SAID)
    expected, found = together.extract_all(*laid_out(PAPER)), []
    threads = [threading.Thread(target=lambda: found.append(together.extract_all(*laid_out(PAPER)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_default_extractor_is_classical() -> None:
    assert extractor().how == How("classical", 0.02)
