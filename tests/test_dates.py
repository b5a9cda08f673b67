"""Dates and times: every format parses back, both readings of an ambiguous print are kept, and no text raises."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.parsing.amounts import find_amounts
from edgekit.parsing.dates import find_dates, find_times
from edgekit.parsing.folding import squash

NAMES = {
    1: "Jan January Januar enero",
    2: "Feb February",
    3: "Mar March März",
    4: "Apr April",
    5: "May Mai mayo",
    6: "Jun June junio",
    7: "Jul July Juli julio",
    8: "Aug August",
    9: "Sep Sept September",
    10: "Oct October Okt",
    11: "Nov November",
    12: "Dec December Dez",
}
MONTHS = {squash(name): number for number, names in NAMES.items() for name in names.split()}
YEARS = (1990, 2035)
FORMATS = (
    "{d:02}/{m:02}/{y} {d}.{m}.{y} {d:02}-{m:02}-{y} {m}/{d}/{y} {y}-{m:02}-{d:02} {y}/{m}/{d} {d:02}-{n}-{y} "
    "{n}{d:02}'{s:02} {d:02}/{m:02}/{s:02} {d}~{n}~{y} {n}~{d},~{y} {n}~{d}~{s:02}"
).split()
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2035, 12, 31))


def readings(text: str) -> list[list[str]]:
    return [[day.isoformat() for _, day in found.readings] for found in find_dates(text, MONTHS, YEARS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25/12/2018 8:13:39 PM", ["2018-12-25"]),
        ("12/28/2017", ["2017-12-28"]),
        ("03/04/2018", ["2018-04-03", "2018-03-04"]),
        ("12-01-19 21:13", ["2019-01-12", "2019-12-01"]),
        ("05/05/2018", ["2018-05-05"]),
        ("2018-04-01", ["2018-04-01"]),
        ("2018/4/1", ["2018-04-01"]),
        ("29.12.2017", ["2017-12-29"]),
        ("20181225", ["2018-12-25"]),
        ("Feb23' 19", ["2019-02-23"]),
        ("Jun 26, 15", ["2015-06-26"]),
        ("MAR.19'17", ["2017-03-19"]),
        ("Jun28'17", ["2017-06-28"]),
        ("Ju116'17 08:15PM", ["2017-07-16"]),
        ("05-Nov-2018", ["2018-11-05"]),
        ("29DEC2017", ["2017-12-29"]),
        ("JUN 24 20:49:53 2018", ["2018-06-24"]),
        ("FEB 18/17", ["2017-02-18"]),
        ("December 29, 2018", ["2018-12-29"]),
        ("4 de mayo de 2019", ["2019-05-04"]),
        ("1. März 2019", ["2019-03-01"]),
        ("23rd Nov 2018", ["2018-11-23"]),
        ("2019 Apr 05", ["2019-04-05"]),
    ],
)
def test_printed_formats(text: str, expected: list[str]) -> None:
    assert readings(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O1/O2/2018", ["2018-02-01", "2018-01-02"]),
        ("N0V 5 2018", ["2018-11-05"]),
        ("0ct08'14 12:10PM", ["2014-10-08"]),
        ("25/12/201808:13", ["2018-12-25"]),
        ("25/12/1808:13", ["2018-12-25"]),
        ("REG#19-21/03/2018 19:53:23", ["2018-03-21"]),
        ("DATE:13707/2017", ["2017-07-13"]),
        ("2504/2017", ["2017-04-25"]),
        ("27.032018", ["2018-03-27"]),
        ("30032018", ["2018-03-30"]),
        ("25 / 12 / 2018", ["2018-12-25"]),
    ],
)
def test_reading_errors_are_forgiven(text: str, expected: list[str]) -> None:
    assert readings(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "12.50",
        "31/02/2018",
        "03-4162-2318",
        "192.168.10.12",
        "01/02/1850",
        "01/02/2090",
        "9556939040116",
        "10:30",
        "MAR",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert readings(text) == []


def test_a_year_between_day_and_month_name_needs_its_own_digits() -> None:
    assert readings("#1   Jun 26,15 04:55 PM") == [["2015-06-26"]]


def test_a_short_year_comes_first_only_where_no_other_order_fits() -> None:
    (found,) = find_dates("19/03/31", MONTHS, (1990, 2030))
    assert found.readings == (("ymd", date(2019, 3, 31)),)


def test_damage_is_marked() -> None:
    assert [d.damaged for d in find_dates("2504/2017", MONTHS, YEARS)] == [True]
    assert [d.damaged for d in find_dates("25/04/2017", MONTHS, YEARS)] == [False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8:13:39 PM", "20:13:39"),
        ("8:47   PM", "20:47"),
        ("8:47   Paid", "08:47"),
        ("21:13", "21:13"),
        ("12:00am", "00:00"),
        ("12:30 PM", "12:30"),
        ("7:05P", "19:05"),
        ("13 : 58", "13:58"),
        ("12h30", "12:30"),
        ("8.15 pm", "20:15"),
        ("18.10:59", "18:10:59"),
        ("22:17PM", "22:17"),
    ],
)
def test_times(text: str, value: str) -> None:
    assert [time.value for time in find_times(text)] == [value]


@pytest.mark.parametrize("text", ["8.15", "12.50", "25:99", "1:234", "", "12:3"])
def test_what_is_no_time(text: str) -> None:
    assert find_times(text) == ()


@given(
    days,
    st.sampled_from(FORMATS),
    st.sampled_from(["", "Date: ", "DATE/TIME:", "#12   "]),
    st.sampled_from(["", " 10:31", "   21:05:59", " Friday"]),
)
def test_any_day_in_any_format_parses_back(day: date, style: str, before: str, after: str) -> None:
    name = day.strftime("%b")
    printed = style.replace("~", " ").format(d=day.day, m=day.month, y=day.year, n=name, s=day.year % 100)
    found = readings(before + printed + after)
    assert len(found) == 1
    assert day.isoformat() in found[0]


@given(st.text(max_size=60) | st.text(alphabet="0123456789/.-: JunDecOlap'", max_size=40))
def test_no_text_raises(text: str) -> None:
    for found in find_dates(text, MONTHS, YEARS):
        assert 0 <= found.start < found.end <= len(text)
        assert all(YEARS[0] <= day.year <= YEARS[1] for _, day in found.readings)
    for time in find_times(text):
        assert 0 <= time.start < time.end <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01-JUNIO-2005", ["2005-06-01"]),
        ("JULIO 14, 2020", ["2020-07-14"]),
        ("mar 03.09.2024", ["2024-09-03", "2024-03-09"]),
    ],
)
def test_a_month_is_the_whole_word_and_a_day_of_the_week_no_month(text: str, expected: list[str]) -> None:
    assert readings(text) == [expected]


@given(st.text(st.sampled_from("OoQIlSBZ|DU/.,:'- $%()APMamJanuryMich€²½"), max_size=40))
def test_nothing_is_a_number_without_a_digit(text: str) -> None:
    """What a page looks for only in rows with digits."""
    assert (
        not find_dates(text, MONTHS, YEARS)
        and not find_times(text)
        and not find_amounts(text, {"$": "USD", "S$": "SGD"})
    )
