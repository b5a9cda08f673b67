"""The steps from rows of text to fields, each from a paper to plain JSON.

A paper is a receipt as text: lines, rows, and what the extraction network says of its words.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.extract import JOINT, NETWORKED, RUNGS, Extractor, How, alone, joint, points, ruled
from edgekit.extract.items import find_items
from edgekit.extract.mending import mended
from edgekit.extract.network import Reading, reading_of
from edgekit.extract.paper import Paper, build_paper
from edgekit.extract.places import PLACES
from edgekit.extract.rungs import params_of
from edgekit.extract.segments import name_spans, top_segments
from edgekit.extract.sums import parts_of
from edgekit.extract.taxes import choose_tax
from edgekit.extract.totals import choose_subtotal, rank_totals, total_candidates, total_features
from edgekit.extract.vendor import name_features, rank_names
from edgekit.extract.when import choose_time, prefer, rank_dates
from edgekit.extract.words import TAGS, encode
from edgekit.session import open_session
from edgekit.types import FIELD_NAMES, TextLine
from golden.functions import bundle, extract_params, lexicon
from golden.plain import line_of, plain

Row = dict[str, Any]
REVIEW_ERROR = 0.02


class Told:
    """A session that says what a paper holds."""

    def __init__(self, scores: list[list[float]]) -> None:
        self._scores = scores

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        padded = np.zeros((1, inputs[0].shape[1], len(TAGS)), np.float32)
        padded[0, : len(self._scores)] = np.array(self._scores, np.float32).reshape(-1, len(TAGS))
        return (padded,)


def lines_of(row: Row) -> list[TextLine]:
    return [line_of(line) for line in row["lines"]]


def paper_of(row: Row, rung: str = JOINT) -> Paper:
    return build_paper(lines_of(row), row["rows"], lexicon(), params_of(rung, extract_params()))


def scores_of(row: Row) -> list[list[float]]:
    """What the default bundle's network says of a paper without scores, to two decimals."""
    paper = paper_of(row)
    words = encode(paper.page, paper.found, lexicon())
    (scores,) = _network().run(words.chars, words.places)
    found: list[list[float]] = np.round(scores[0, : len(words.spans)].astype(np.float64), 2).tolist()
    return found


@functools.cache
def _network() -> Any:
    return open_session(bundle(), "extract", "onnxruntime", "fp32", 1)


def reading_for(row: Row, paper: Paper) -> Reading:
    words = encode(paper.page, paper.found, lexicon())
    return reading_of(words.spans, np.array(row["scores"], np.float32).reshape(-1, len(TAGS)))


def page(row: Row) -> Any:
    found = paper_of(row).page
    return {"rows": plain(found.rows), "whole_prices": found.whole_prices}


def entries(row: Row) -> Any:
    return plain(paper_of(row).found)


def region(row: Row) -> Any:
    return plain(paper_of(row).region)


def arithmetic(row: Row) -> Any:
    """Sums, and the features of candidates for the total."""
    paper = paper_of(row)
    found, rows = paper.found, len(paper.page.rows)
    return plain(
        {
            "parts": parts_of(found),
            "candidates": [entry.text for entry in total_candidates(found)],
            "features": total_features(found, rows, paper.params),
            "ranked": [(s.entry.text, s.score, s.proved, s.repeated) for s in rank_totals(found, rows, paper.params)],
        }
    )


def taxes(row: Row) -> Any:
    """The tax and the subtotal, without a total and with each candidate for one."""
    paper = paper_of(row)
    totals = [None, *dict.fromkeys(entry.amount.value for entry in total_candidates(paper.found))]
    found = []
    for total in totals[:12]:
        tax = choose_tax(paper.found, total, paper.params)
        subtotal = choose_subtotal(paper.found, total, tax.value if tax else None)
        proof = (tax.value, [entry.text for entry in tax.entries], tax.proved) if tax else None
        found.append({"total": total, "tax": proof, "subtotal": subtotal.text if subtotal else None})
    return plain(found)


def names(row: Row) -> Any:
    paper = paper_of(row)
    segments = top_segments(paper.page, paper.lexicon, paper.params)
    return plain(
        {
            "spans": [(span.start, span.stop) for span in name_spans(segments)],
            "features": name_features(segments, paper.page),
            "ranked": rank_names(paper.page, paper.lexicon, paper.params),
            "mended": [mended(segment.text, paper.lexicon) for segment in segments],
        }
    )


def days(row: Row) -> Any:
    paper = paper_of(row)
    ranked = rank_dates(paper.page, paper.lexicon, paper.params)
    time = choose_time(paper.page, ranked[0].row.index if ranked else None)
    return plain(
        {
            "ranked": [(d.printed.readings, d.row.index, d.score, d.anchored) for d in ranked],
            "preferred": prefer(ranked, paper.region.orders, paper.params) if ranked else None,
            "time": time[0] if time else None,
        }
    )


def words(row: Row) -> Any:
    """The network's inputs: characters of each word, and what is not 0 of its places."""
    paper = paper_of(row)
    found = encode(paper.page, paper.found, lexicon())
    given = found.places[0, : len(found.spans)].astype(np.float64)
    return plain(
        {
            "bucket": found.chars.shape[1],
            "spans": found.spans,
            "chars": found.chars[0, : len(found.spans)],
            "places": [{PLACES[i]: float(word[i]) for i in np.flatnonzero(word)} for word in given],
        }
    )


def reading(row: Row) -> Any:
    """Shares and odds of the first words, what each tag points at, and the items."""
    paper = paper_of(row)
    found = reading_for(row, paper)
    return plain(
        {
            "odds": {tag: odds[:20] for tag, odds in found.odds.items()},
            "shares": {tag: shares[:20] for tag, shares in found.shares.items()},
            "none": {tag: found.none(tag) for tag in found.shares},
            "best": {tag: found.best(tag) for tag in found.shares},
            "items": find_items(paper.page, found),
        }
    )


def joint_points(row: Row) -> Any:
    """What network and rules say of the candidates for each field."""
    paper, weights = paper_of(row), extract_params().joint
    found = reading_for(row, paper)
    items = find_items(paper.page, found)
    totals = joint.joint_totals(paper, found, items, weights)
    named = joint.joint_names(paper, found, weights)
    dated = joint.joint_dates(paper, found, weights)
    total = totals[0].entry.amount.value if totals else None
    return plain(
        {
            "totals": [(s.entry.text, s.score, s.proved) for s in totals],
            "total_evidence": points.total_evidence(paper, found, totals),
            "names": named,
            "name_evidence": points.name_evidence(paper, found, named),
            "dates": [(d.printed.readings, d.score) for d in dated],
            "date_evidence": points.date_evidence(found, dated),
            "taxes": [
                (tax.value, tax.proved, ruled_, points.tax_points(paper, found, tax, ruled_))
                for tax, ruled_ in points.tax_candidates(paper, found, total)
            ],
        }
    )


def answers(row: Row) -> Any:
    """The answers of every rung before calibration."""
    found: dict[str, Any] = {}
    for rung in RUNGS:
        paper = paper_of(row, rung)
        if rung not in NETWORKED:
            found[rung] = ruled.answers(paper)
            continue
        said = reading_for(row, paper)
        items = find_items(paper.page, said)
        weights = extract_params().joint
        found[rung] = joint.answers(paper, said, items, weights) if rung == JOINT else alone.answers(paper, said)
    return plain(found)


def fields(row: Row) -> Any:
    """Fields and items of every rung, as a receipt's JSON has them."""
    found: dict[str, Any] = {}
    for rung in RUNGS:
        session = Told(row["scores"]) if rung in NETWORKED else None
        extractor = Extractor(extract_params(), lexicon(), How(rung, REVIEW_ERROR), session)
        chosen, items = extractor.extract_all(lines_of(row), row["rows"])
        by_name = {name: getattr(chosen, name) for name in FIELD_NAMES}
        found[rung] = {
            "fields": {name: field.to_dict() if field else None for name, field in by_name.items()},
            "items": [item.to_dict() for item in items],
        }
    return found


STEPS: Mapping[str, Callable[[Row], Any]] = {
    **{"page": page, "entries": entries, "region": region, "arithmetic": arithmetic, "taxes": taxes, "names": names},
    **{"days": days, "words": words, "reading": reading, "joint_points": joint_points, "answers": answers},
    **{"fields": fields},
}
"""By the name of the case file; ``words`` is run on the first papers only, since its output is long."""
FEW = {"words": 4, "joint_points": 20, "page": 10, "names": 16, "entries": 20}
"""How many papers the steps with long outputs are run on."""
