import json
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import turned
from benchmarks.dataset import DataSet
from edgekit.types import Field, Fields, Receipt


def receipt(total: str, rotation: int = 0) -> Receipt:
    field = Field(Decimal(total), total, 0.9, (0,), False)
    return Receipt((), (), 1, 1, Fields(total=field), rotation)


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    Image.new("RGB", (40, 60), "white").save(tmp_path / "a.png")
    return DataSet("shop", ("dev",), ({"file": "a.png"},), (tmp_path / "a.png",))


def test_a_field_that_changes_when_turned_is_counted(data: DataSet) -> None:
    steps: list[int] = []

    def read(photo: Image.Image) -> Receipt:
        if photo.size == (40, 60):  # upright, or turned by 180
            return receipt("9.00")
        return receipt("9.00", 270) if photo.size == (60, 40) else receipt("8.00")

    result = turned.compare(data, read, lambda: steps.append(1))
    assert steps == [1]
    assert result["pictures"] == 1
    assert result["same"][90] == {"all": 1, "upright": 1, "vendor": 1, "date": 1, "total": 1, "tax": 1}
    assert result["same"][180]["upright"] == 0
    assert result["same"][270]["upright"] == 0
    assert result["same"][10] == {"all": 0, "upright": 1, "vendor": 1, "date": 1, "total": 0, "tax": 1}
    table = turned.text(result).splitlines()
    assert table[0].startswith("shop dev: 1 receipts")
    assert table[-1].split() == ["-10", "1.000", "1.000", "1.000", "0.000", "1.000", "0.000"]


def test_the_command_reads_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "a.png")
    (tmp_path / "labels.jsonl").write_text(json.dumps({"file": "a.png", "split": "dev"}) + "\n")
    out = tmp_path / "out.json"
    assert turned.main(["--data", str(tmp_path), "--threads", "1", "--json", str(out)]) == 0
    assert json.loads(out.read_text())["sets"][0]["same"]["90"]["all"] == 1
    assert "1 receipts" in capsys.readouterr().out


def test_an_error_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert turned.main(["--data", str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
