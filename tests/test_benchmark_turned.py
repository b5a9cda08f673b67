import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import scenes, turned
from benchmarks.dataset import DataSet
from edgekit.types import Field, Fields, Quad, Receipt, TextLine

ROW = {"file": "a.png", "norm": {"total": 9.0}}
QUAD = Quad((0, 0), (1, 0), (1, 1), (0, 1))


def receipt(total: str, rotation: int = 0, words: str = "") -> Receipt:
    field = Field(Decimal(total), total, 0.9, (0,), False)
    return Receipt((TextLine(words, QUAD, 0.9),), (), 1, 1, Fields(total=field), rotation)


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    Image.new("RGB", (40, 60), "white").save(tmp_path / "a.png")
    return DataSet("shop", ("dev",), (ROW,), (tmp_path / "a.png",))


def test_what_a_view_costs_is_counted(data: DataSet) -> None:
    steps: list[int] = []

    def read(photo: Image.Image) -> Receipt:
        if photo.size == (40, 60):  # upright, or turned by 180
            return receipt("9.00", words="BREAD TEA")
        return receipt("9.00", 270, "BREAD") if photo.size == (60, 40) else receipt("8.00", words="TEA BREAD")

    views = [view for view in scenes.VIEWS if view.group == "turn" or view.name == "+10"]
    result = turned.compare(data, views, read, lambda: steps.append(1))
    assert steps == [1]
    assert [view["view"] for view in result["views"]] == ["upright", "turn 90", "turn 180", "turn 270", "tilt +10"]
    upright, right, over, left, tilted = result["views"]
    assert (upright["f1"], upright["points"], upright["words"]) == ({"micro4": 1.0, "total": 1.0}, 0.0, 1.0)
    assert [view["right_way"] for view in (upright, right, over, left, tilted)] == [1, 1, 0, 0, 1]
    assert right["words"] == pytest.approx(2 / 3, abs=1e-4)
    assert (tilted["f1"]["total"], tilted["points"], tilted["words"], tilted["same"]) == (0.0, -100.0, 1.0, 0)
    assert all(view["time"] > 0 and view["cpu"] > 0 for view in result["views"])
    table = turned.text(result).splitlines()
    assert table[0] == "shop dev: 1 receipts"
    assert table[-1].split()[:7] == ["tilt", "+10", "0.000", "-100.0", "1.000", "0.000", "1.000"]


def test_words_agree_wherever_they_stand() -> None:
    assert turned.agreement([], []) == 1.0
    assert turned.agreement(["A B"], ["B", "A"]) == 1.0
    assert turned.agreement(["A A"], ["A"]) == pytest.approx(2 / 3)
    assert turned.agreement(["A"], []) == 0.0


def test_a_canvas_with_room_is_as_large_as_a_tilted_one() -> None:
    photo = Image.new("RGB", (60, 90), "white")
    room = scenes.with_room(photo, 20)
    assert room.size == scenes.turned(photo, 20).size
    assert (room.getpixel((0, 0)), room.getpixel((room.width // 2, room.height // 2))) == (scenes.GREY, (255, 255, 255))


def test_a_receipt_far_away_keeps_its_pixels() -> None:
    photo = Image.effect_noise((60, 90), 50).convert("RGB")
    scene = scenes.framed(photo, 3, 7)
    assert scene.size == (180, 270)
    wanted, there = np.asarray(photo), np.asarray(scene)
    first = (there[:, :, None] == wanted[0, 0]).all(axis=-1)
    places = [(y, x) for y, x in zip(*np.nonzero(first[:, :, 0]), strict=True) if y <= 180 and x <= 120]
    assert any(np.array_equal(there[y : y + 90, x : x + 60], wanted) for y, x in places)
    assert scenes.framed(photo, 3, 7).tobytes() == scene.tobytes()


@pytest.mark.parametrize("view", scenes.VIEWS, ids=lambda view: f"{view.group} {view.name}")
def test_every_view_shows_the_photo(view: scenes.View) -> None:
    photo = Image.new("RGB", (80, 120), "red")
    seen = np.asarray(view.draw(photo, 1))
    red = (seen[..., 0] > 200) & (seen[..., 1] < 60)
    assert red.sum() == pytest.approx(80 * 120, rel=0.25)


@pytest.mark.parametrize("ratio", [3, 8])
def test_a_long_receipt_is_one_receipt_with_more_items(ratio: int) -> None:
    row, image = scenes.long_receipt(2, ratio)
    short, _ = scenes.long_receipt(2, 1)
    assert image.mode == "RGB"
    assert max(image.size) <= 4000
    assert ratio <= image.height / image.width < ratio + 2.5
    assert (row["vendor"], row["total"], row["norm"]) == (short["vendor"], short["total"], short["norm"])
    assert len(row["lines"]) > len(short["lines"])


def test_the_command_reads_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "a.png")
    (tmp_path / "labels.jsonl").write_text(json.dumps({"file": "a.png", "split": "dev"}) + "\n")
    out = tmp_path / "out.json"
    command = ["--data", str(tmp_path), "--threads", "1", "--view", "turn", "--long", "1", "--json", str(out)]
    assert turned.main(command) == 0
    photos, long = json.loads(out.read_text())["sets"]
    assert [view["view"] for view in photos["views"]] == ["upright", "turn 90", "turn 180", "turn 270"]
    assert [view["view"] for view in long["views"]] == ["1:3", "1:4", "1:8", "1:12"]
    assert long["views"][0]["words"] > 0.5
    assert "1 receipts" in capsys.readouterr().out


def test_an_error_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert turned.main(["--data", str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(SystemExit) as ended:
        turned.main(["--data", str(tmp_path), "--long", "-1"])
    assert ended.value.code == 2
