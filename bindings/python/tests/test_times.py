"""Times, in the forms that Python has for them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import cases
from provisor import x509

LEAF = bytes.fromhex(cases("x509")[0]["leaf"])


def told(at: Any) -> str:
    """The time that a report is for, as it says itself."""
    text = x509.explain(LEAF, anchors=[], at=at).to_dict()["time"]
    assert isinstance(text, str)
    return text


def test_an_int_is_seconds_since_1970() -> None:
    assert told(0) == "1970-01-01T00:00:00Z"
    assert told(-1) == "1969-12-31T23:59:59Z"
    assert told(1_790_928_664) == "2026-10-02T08:11:04Z"
    assert told(2**63 - 1) == f"{2**63 - 1} s"


def test_a_datetime_is_read_in_its_own_zone() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert told(datetime(2026, 10, 2, 13, 41, 4, tzinfo=east)) == "2026-10-02T08:11:04Z"


@pytest.mark.parametrize("fraction", [0, 1, 500_000, 999_999])
@pytest.mark.parametrize("year", [1, 1969, 1970, 2026, 9999])
def test_fractions_are_rounded_down(year: int, fraction: int) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, fraction, tzinfo=UTC)
    assert told(moment) == f"{year:04}-12-31T23:59:59Z"


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_every_aware_datetime_is_its_moment(moment: datetime) -> None:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return
    assert told(moment) == utc.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def test_a_naive_datetime_is_no_moment() -> None:
    class Nowhere(tzinfo):
        def utcoffset(self, moment: datetime | None, /) -> None:
            return None

        def dst(self, moment: datetime | None, /) -> None:
            return None

        def tzname(self, moment: datetime | None, /) -> None:
            return None

    for naive in (datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=Nowhere())):
        with pytest.raises(ValueError, match=r"naive.*timezone\.utc"):
            told(naive)


@pytest.mark.parametrize("wrong", [time.time(), True, None, "2026-01-01T00:00:00Z", date.today()])
def test_other_types(wrong: object) -> None:
    with pytest.raises(TypeError, match="aware datetime, or seconds since 1970 as an int"):
        told(wrong)


@pytest.mark.parametrize("wrong", [2**63, -(2**63) - 1, 10**30])
def test_numbers_beyond_64_bits(wrong: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        told(wrong)
