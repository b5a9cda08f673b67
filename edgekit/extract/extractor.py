"""From rows of text to a receipt's fields and items, on any rung of the ladder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.calibration import REVIEW_ERROR, Calibration
from edgekit.errors import UsageError
from edgekit.extract import alone, joint, ruled
from edgekit.extract.items import find_items
from edgekit.extract.lengths import check_lengths
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.network import Network, Session
from edgekit.extract.paper import Answers, Found, Value, build_paper
from edgekit.extract.params import ExtractParams
from edgekit.extract.rungs import CLASSICAL, JOINT, NETWORKED, RUNGS, params_of
from edgekit.types import Field, Fields, Item, TextLine


@dataclass(frozen=True, slots=True)
class How:
    """How fields are extracted: on which rung, and how many of the accepted answers may be wrong, 0 to 1.

    Raises UsageError for an unknown rung, or an error outside 0 to 1.
    """

    rung: str = CLASSICAL
    review_error: float = REVIEW_ERROR

    def __post_init__(self) -> None:
        if self.rung not in RUNGS:
            raise UsageError(f"extractor={self.rung!r}: choose one of {', '.join(RUNGS)}")
        if not 0 < self.review_error < 1 or math.isnan(self.review_error):
            raise UsageError(f"review_error={self.review_error}: give a share between 0 and 1, such as {REVIEW_ERROR}")


class Extractor:
    """Fields from lines and rows. Holds no state between calls: one serves all threads, and repeats itself exactly."""

    def __init__(
        self,
        params: ExtractParams,
        lexicon: Lexicon,
        how: How | None = None,
        session: Session | None = None,
        where: str = "params",
    ) -> None:
        """how: None is the rung "classical". session: of the extraction network; the rungs of NETWORKED need it.

        where: names ``params`` in errors. Raises UsageError where the session is missing, ManifestError where the
        calibration cannot be used or weights, of any rung, are too few or too many.
        """
        self.how = how or How()
        if self.how.rung in NETWORKED and session is None:
            raise UsageError(f"extractor={self.how.rung!r} needs the extraction network: give its session")
        check_lengths(params, where)
        self._params = params_of(self.how.rung, params)
        self._lexicon = lexicon
        self._network = Network(session) if session is not None and self.how.rung in NETWORKED else None
        calibration = params.calibration.get(self.how.rung, {})
        self._calibration = Calibration.parse(calibration, f"{where}.calibration.{self.how.rung}")

    def extract(self, lines: Sequence[TextLine], rows: Sequence[Sequence[int]]) -> Fields:
        """The fields of a receipt; None for each that it does not show.

        rows: indices into ``lines`` by printed row, in reading order.
        """
        return self.extract_all(lines, rows)[0]

    def extract_all(self, lines: Sequence[TextLine], rows: Sequence[Sequence[int]]) -> tuple[Fields, tuple[Item, ...]]:
        """Fields, and line items; none of these without the network. Raises BackendError if its engine fails."""
        paper = build_paper(lines, rows, self._lexicon, self._params)
        reading = self._network.read(paper.page, paper.found, self._lexicon) if self._network else None
        if self._network is None:
            return self._fields(ruled.answers(paper)), ()
        if reading is None:
            return Fields(), ()
        items = find_items(paper.page, reading)
        if self.how.rung == JOINT:
            return self._fields(joint.answers(paper, reading, items, self._params.joint)), items
        return self._fields(alone.answers(paper, reading)), items

    def _fields(self, answers: Answers) -> Fields:
        return Fields(
            vendor=self._field("vendor", answers.vendor),
            date=self._field("date", answers.date),
            time=self._field("time", answers.time),
            currency=self._field("currency", answers.currency),
            subtotal=self._field("subtotal", answers.subtotal),
            tax=self._field("tax", answers.tax),
            total=self._field("total", answers.total),
        )

    def _field(self, name: str, answer: Found[Value] | None) -> Field[Value] | None:
        if answer is None:
            return None
        confidence = self._calibration.probability(name, answer.confidence)
        if confidence < self._params.answer_threshold:
            return None
        threshold = self._calibration.review_threshold(name, self.how.review_error)
        review = confidence < (self._params.review_threshold if threshold is None else threshold)
        return Field(answer.value, answer.text, confidence, answer.lines, review, answer.alternatives)
