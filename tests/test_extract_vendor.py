"""The vendor's name: found above the address, joined where it goes on, freed of numbers, mended without guessing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import lexicon, read

from edgekit.extract.mending import mended
from edgekit.extract.segments import without_number


def vendor(printed: str) -> str | None:
    field = read(printed).vendor
    return field.value if field else None


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("RECEIPT\n*Blue Heron Diner\n18 Harbor Street\nPortland, ME 04101\nTOTAL | 5.00", "Blue Heron Diner"),
        ("12/03/2018\nKEDAI MAWAR ENTERPRISE\nNO. 5, JALAN MAWAR\nTOTAL | 5.00", "KEDAI MAWAR ENTERPRISE"),
        ("KEDAI KOPI MAWAR\nDAN TEH SDN BHD\nNO. 5, JALAN MAWAR\nTOTAL | 5.00", "KEDAI KOPI MAWAR DAN TEH SDN BHD"),
        ("HARBOUR TOOLS &\nELECTRICAL\nNO. 5, JALAN MAWAR\nTOTAL | 5.00", "HARBOUR TOOLS & ELECTRICAL"),
        ("MAWAR (TAMAN\nINDAH) SDN BHD\nNO. 5, JALAN MAWAR\nTOTAL | 5.00", "MAWAR (TAMAN INDAH) SDN BHD"),
        ("BLUE HERON\nRESTAURANT SDN BHD\nNO. 5, JALAN MAWAR\nTOTAL | 5.00", "BLUE HERON RESTAURANT SDN BHD"),
        ("MAWAR SDN BHD (123456-X)\nNO. 5, JALAN MAWAR\nTOTAL | 5.00", "MAWAR SDN BHD"),
        ("XXXXXXXXXXXXXXX\nFor a chance to win\nBlue Heron Diner\n18 Harbor Street\nTOTAL | 5.00", "Blue Heron Diner"),
        ("CHURCH HILL | CHICKEN\n7635 WINNETKA AVE\nTOTAL | 5.00", "CHURCH HILL"),
    ],
)
def test_names(printed: str, name: str) -> None:
    found = vendor(printed)
    assert found is not None
    assert found.startswith(name)


def test_a_joined_name_names_all_its_lines() -> None:
    field = read("BLUE HERON\nRESTAURANT SDN BHD\nNO. 5, JALAN MAWAR\nTOTAL | 5.00").vendor
    assert field is not None
    assert field.lines == (0, 1)
    assert field.text == "BLUE HERON RESTAURANT SDN BHD"


@pytest.mark.parametrize("printed", ["", "1234567\n***", "TEL: 03-1234567\nwww.example.com\nTOTAL | 5.00"])
def test_nothing_like_a_name_is_none(printed: str) -> None:
    assert vendor(printed) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ACME SDN BHD (123456-X)", "ACME SDN BHD"),
        ("ACME SDN. BHD. (123456-X)", "ACME SDN. BHD."),
        ("ACME S/B 273500-U (KSB)", "ACME S/B"),
        ("ACME TOOLS (002022599-U)", "ACME TOOLS"),
        ("#000002 ACME (M) SDN BHD", "ACME (M) SDN BHD"),
        ("ACME (M) SDN BHD", "ACME (M) SDN BHD"),
        ("ROUTE 58", "ROUTE 58"),
        ("99 SHOP S/B", "99 SHOP S/B"),
    ],
)
def test_registration_numbers_are_no_part_of_a_name(text: str, name: str) -> None:
    left, marks = without_number(text, lexicon())
    assert left == name
    assert marks == lexicon().names.find(left)


@pytest.mark.parametrize(
    ("read_as", "name"),
    [
        ("POPULAR B00K", "POPULAR BOOK"),
        ("PI2ZA", "PIZZA"),
        ("Sa1on", "Salon"),
        ("0ld Mill", "Old Mill"),
        ("MR. D.1.Y.", "MR. D.I.Y."),
        ("ACME SON BHD", "ACME SDN BHD"),
        ("ACME SDN. 5HD.", "ACME SDN. BHD."),
        ("Acme Sdn Ehd", "Acme Sdn bhd"),
        ("ACME 5/8", "ACME S/B"),
        ("ACME ENIERPRISE", "ACME ENTERPRISE"),
    ],
)
def test_reading_errors_in_names_are_mended(read_as: str, name: str) -> None:
    assert mended(read_as, lexicon()).upper() == name.upper()


@pytest.mark.parametrize("name", ["ROUTE 58", "7-ELEVEN", "99 SPEED MART S/B", "CAFE 21", "Studio 54 LLC", "", "4U"])
def test_sound_names_stay_as_they_are(name: str) -> None:
    assert mended(name, lexicon()) == name


@given(st.text(max_size=60))
def test_mending_adds_and_drops_nothing(text: str) -> None:
    name = mended(text, lexicon())
    assert len(name) == len(text)
    assert [c for c in name if not c.isalnum()] == [c for c in text if not c.isalnum()]
    assert mended("B00K C0RNER SON BHD", lexicon()) == "BOOK CORNER SDN BHD"
