"""Real receipts from pixels to fields, where they are present beside the checkout: a floor, not a measurement.

A few receipts of each set are read; ``edgekit eval`` gives the figures over all of them.
"""

import pytest
from PIL import Image
from places import DATA

from benchmarks.turned import agreement
from edgekit.evaluation import load_labels, prediction, score
from edgekit.image import turn
from edgekit.reader import Reader

FLOORS = [
    ("sroie", "test", {"micro3": 0.75, "date": 0.85, "total": 0.75}),
    ("expressexpense", "dev", {"micro4": 0.70, "total": 0.80}),
    ("wildreceipt", "eval", {"micro4": 0.70}),
    ("german", "eval", {"date": 0.80, "total": 0.80}),
]
COUNT = 12
real = pytest.mark.skipif(not DATA.is_dir(), reason="no real receipts beside this checkout")


@real
@pytest.mark.parametrize(("name", "split", "floors"), FLOORS, ids=lambda value: value if isinstance(value, str) else "")
def test_fields_are_read(reader: Reader, name: str, split: str, floors: dict[str, float]) -> None:
    rows = load_labels(DATA / name, split)
    chosen = rows[:: len(rows) // COUNT][:COUNT]
    predictions = [prediction(row["file"], reader.read(DATA / name / row["file"])) for row in chosen]
    report = score(chosen, predictions, contains=name == "german")
    assert len(chosen) == COUNT
    for field, floor in floors.items():
        assert report[field]["f1"] >= floor, (field, report[field])


@real
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_quarter_turn_is_found_and_reads_alike(reader: Reader, degrees: int) -> None:
    rows = load_labels(DATA / "expressexpense", "dev")[::13]
    for row in rows:
        with Image.open(DATA / "expressexpense" / row["file"]) as opened:
            photo = opened.convert("RGB")
        turned, upright = (reader.read(picture) for picture in (turn(photo, degrees), photo))
        assert (turned.rotation + degrees) % 360 == upright.rotation == 0
        words = [[line.text for line in receipt.lines] for receipt in (upright, turned)]
        assert agreement(*words) >= 0.7  # lines are looked for at another size: not each letter is the same
    assert len(rows) == 3
