from __future__ import annotations

import importlib.util
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA, SCORER

from edgekit.errors import UsageError
from edgekit.evaluation import SHORT_NAME_SETS, load_labels, prediction, score
from edgekit.types import Field, Fields, Receipt

NAMES = st.sampled_from(["Café Olé", "CAFE OLE", "Cafe Ole Ltd", "Caffe Ole", "7-ELEVEN", "-", "", "B & B"])
DATES = st.sampled_from(["2018-03-04", "2018-04-03", "2019-01-01", ""])
AMOUNTS = st.sampled_from([0, 9.0, 9.004, 9.006, -1.5, "9.00", "RM 9.00", "$9", "1,009.00", "x", "", "1.2.3", "-"])
LABELS = st.fixed_dictionaries(
    {"vendor": st.none() | NAMES},
    optional={
        "norm": st.none()
        | st.fixed_dictionaries(
            {},
            optional={
                "date_readings": st.lists(DATES, max_size=2),
                "total": st.none() | st.sampled_from([9.0, 9.001, 0, -1.5]),
                "tax": st.none() | st.sampled_from([9.0, 0.54]),
            },
        ),
        "all": st.none() | st.fixed_dictionaries({}, optional={"vendor": st.lists(NAMES, max_size=2)}),
        "alt_total": st.none() | AMOUNTS,
    },
)
PREDICTIONS = st.none() | st.fixed_dictionaries(
    {}, optional={"vendor": st.none() | NAMES, "date": st.none() | DATES, "total": st.none() | AMOUNTS, "tax": AMOUNTS}
)


def frozen_scorer() -> Any:
    spec = importlib.util.spec_from_file_location("frozen_scorer", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not SCORER.is_file(), reason="the frozen scorer is not beside this checkout")
@given(st.lists(st.tuples(LABELS, PREDICTIONS), max_size=6), st.booleans())
def test_figures_are_those_of_the_frozen_scorer(pairs: list[tuple[Any, Any]], contains: bool) -> None:
    labels = [{"file": f"images/{i}.jpg", **label} for i, (label, _) in enumerate(pairs)]
    predictions = [{"file": f"other/{i}.jpg", **row} for i, (_, row) in enumerate(pairs) if row is not None]
    assert score(labels, predictions, contains) == frozen_scorer().score(labels, predictions, contains)


@pytest.mark.skipif(not SCORER.is_file() or not DATA.is_dir(), reason="no real receipts beside this checkout")
@pytest.mark.parametrize("name", ["sroie", "expressexpense", "german", "wildreceipt"])
def test_figures_on_real_labels_are_those_of_the_frozen_scorer(name: str) -> None:
    labels = load_labels(DATA / name)
    predictions = [
        {"file": row["file"], "vendor": other["vendor"], "date": (other["norm"]["date_readings"] or [None])[0]}
        | {key: other["norm"][key] for key in ("total", "tax")}
        for row, other in zip(labels, [*labels[:-3], *labels[:3]], strict=True)
    ]
    contains = name in SHORT_NAME_SETS
    assert score(labels, predictions, contains) == frozen_scorer().score(labels, predictions, contains)


GOLDEN_LABELS: list[dict[str, Any]] = [
    {
        "file": "images/a.jpg",
        "vendor": "Café Olé",
        "norm": {"date_readings": ["2018-03-04", "2018-04-03"], "total": 9.0, "tax": 0.54},
        "alt_total": "9.05",
    },
    {"file": "images/b.jpg", "vendor": "B & B", "norm": {"date_readings": [], "total": 12.5, "tax": None}},
    {"file": "images/c.jpg", "vendor": None, "norm": {"date_readings": ["2020-01-01"], "total": 1.0, "tax": None}},
]
GOLDEN_PREDICTIONS: list[dict[str, Any]] = [
    {"file": "a.jpg", "vendor": "CAFE OLE.", "date": "2018-04-03", "total": "9.05", "tax": None},
    {"file": "b.jpg", "vendor": "B 8 B", "date": "2018-04-03", "total": "12.49"},
]
GOLDEN = {
    "vendor": {"n": 2, "precision": 0.5, "recall": 0.5, "f1": 0.5, "loose": 1.0},
    "date": {"n": 2, "precision": 1.0, "recall": 0.5, "f1": 0.6667, "loose": 0.5},
    "total": {"n": 3, "precision": 0.5, "recall": 0.3333, "f1": 0.4, "loose": 0.3333},
    "tax": {"n": 1, "precision": 0.0, "recall": 0.0, "f1": 0.0, "loose": 0.0},
    "micro3": {"n": 7, "precision": 0.6, "recall": 0.4286, "f1": 0.5},
    "micro4": {"n": 8, "precision": 0.6, "recall": 0.375, "f1": 0.4615},
    "receipts": {"n": 3, "all_right": 0.0},
}


def test_golden_figures() -> None:
    assert score(GOLDEN_LABELS, GOLDEN_PREDICTIONS) == GOLDEN


def test_a_short_name_may_be_contained() -> None:
    labels = [{"file": "a.jpg", "vendor": "Markt"}]
    predictions = [{"file": "a.jpg", "vendor": "Markt am Tor GmbH"}]
    assert score(labels, predictions)["vendor"]["f1"] == 0.0
    assert score(labels, predictions, contains=True)["vendor"]["f1"] == 1.0


def test_one_part_of_a_name_is_enough() -> None:
    labels = [{"file": "a.jpg", "vendor": "Corner Shop", "all": {"vendor": ["Corner", "Shop"]}}]
    for said in ("corner", "SHOP", "Corner-Shop"):
        assert score(labels, [{"file": "a.jpg", "vendor": said}])["vendor"]["recall"] == 1.0


def test_no_labels_no_figures() -> None:
    nothing = {"n": 0, "precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert score([], []) == {"micro3": nothing, "micro4": nothing, "receipts": {"n": 0, "all_right": 0.0}}


def test_a_prediction_is_plain_text() -> None:
    fields = Fields(
        vendor=Field("Café", "Café", 0.9, (0,), False),
        date=Field("2018-03-04", "4/3/18", 0.5, (1,), True, ("2018-04-03",)),
        total=Field(Decimal("1E+3"), "1000", 0.9, (2,), False),
    )
    row = prediction("images/a.jpg", Receipt((), (), 1, 1, fields))
    assert row == {"file": "images/a.jpg", "vendor": "Café", "date": "2018-03-04", "total": "1000", "tax": None}
    nothing = dict.fromkeys(("vendor", "date", "total", "tax"))
    assert prediction("a.jpg", None) == {"file": "a.jpg", **nothing}


def labels_file(folder: Path, *lines: str) -> Path:
    (folder / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_labels_are_chosen_by_split(tmp_path: Path) -> None:
    rows = [json.dumps({"file": name, "split": split}) for name, split in (("a", "dev"), ("b", "test"))]
    labels_file(tmp_path, *rows, "")
    assert [row["file"] for row in load_labels(tmp_path)] == ["a", "b"]
    assert [row["file"] for row in load_labels(tmp_path, "test")] == ["b"]
    with pytest.raises(UsageError, match="no row of split 'x': it has dev, test"):
        load_labels(tmp_path, "x")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["{"], "line 1: not JSON"),
        (["", "[]"], "line 2: no object with a 'file'"),
        (['{"file": 3}'], "line 1: no object with a 'file'"),
        ([""], "has no rows"),
    ],
)
def test_bad_labels_are_told(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_labels(labels_file(tmp_path, *lines))


def test_absent_labels_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"labels\.jsonl: cannot be read .*: give a folder with labels\.jsonl"):
        load_labels(tmp_path)
    (tmp_path / "labels.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_labels(tmp_path)
