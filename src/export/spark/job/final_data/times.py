"""Times as tables write them → seconds since 1970, in UTC where nothing else is said: the studio's times.ts."""

import math
import re
from datetime import date

# Also 2014/10/21, 2014/3/1 5:00, 20141021T050000 and PostgreSQL's +00; digits alone are another kind's.
ISO = re.compile(
    rb"(?!\d*\Z)(\d{4})(?:([-/])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))"
    rb"(?:[ T](\d(?=:)|\d\d):?(\d\d)(?::?(\d\d)([.,]\d+)?)?\s*(?:Z|UTC|([+-])(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)
COUNT = re.compile(rb"\d+(\.\d+)?(e\+?\d+)?", re.ASCII | re.IGNORECASE)
# Parts of a second that are counted since 1970.
PER_SECOND = {"seconds": 1.0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
# Digits alone: parts of a date, and the century that is left out.
DATES = {
    "yymmddhh": (re.compile(rb"(\d\d)" * 4), 2000),
    "yyyymmdd": (re.compile(rb"((?:19|20)\d\d)" + rb"(\d\d)" * 2), 0),
    "yyyymmddhh": (re.compile(rb"((?:19|20)\d\d)" + rb"(\d\d)" * 3), 0),
    "yyyymmddhhmm": (re.compile(rb"((?:19|20)\d\d)" + rb"(\d\d)" * 4), 0),
    "yyyymmddhhmmss": (re.compile(rb"((?:19|20)\d\d)" + rb"(\d\d)" * 5), 0),
}
EPOCH = date(1970, 1, 1).toordinal()


def time_of(text: bytes, kind: str) -> float:
    """A time in seconds since 1970; NaN where the text is none of this kind."""
    if kind == "iso":
        return _iso_time(text)
    if kind in PER_SECOND:
        seconds = float(text) / PER_SECOND[kind] if COUNT.fullmatch(text) else math.nan
        return seconds if 1e8 <= seconds < 1e10 else math.nan
    pattern, century = DATES[kind]
    match = pattern.fullmatch(text)
    if not match:
        return math.nan
    year, month, day, hour, minute, second = (*(int(part) for part in match.groups()), 0, 0, 0)[:6]
    return _seconds(year + century, month, day, hour, minute, second)


def _iso_time(text: bytes) -> float:
    match = ISO.fullmatch(text)
    if not match:
        return math.nan
    year, hour, minute, second = (int(match[group] or 0) for group in (1, 7, 8, 9))
    month, day = int(match[3] or match[5]), int(match[4] or match[6])
    fraction = float((match[10] or b"0").replace(b",", b"."))
    seconds = _seconds(year, month, day, hour, minute, second) + fraction
    if not match[11]:
        return seconds
    shift = 3600 * int(match[12]) + 60 * int(match[13] or 0)
    return seconds - shift if match[11] == b"+" else seconds + shift


def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float:
    """NaN where there is no such time. As JavaScript's Date.UTC: a year below 100 is one of the 20th century."""
    is_date = year > 0 and 1 <= month <= 12 and 1 <= day <= 31
    if not (is_date and hour <= 23 and minute <= 59 and second <= 60):
        return math.nan
    # What is over, as of 31 February, runs into the next month.
    year, month = (year + 1900 if year < 100 else year) + (month - 1) // 12, (month - 1) % 12 + 1
    # The calendar repeats after 400 years; Python's ends with the year 9999.
    days = date(2000 + year % 400, month, 1).toordinal() + 146_097 * (year // 400 - 5) - EPOCH + day - 1
    return float(((days * 24 + hour) * 60 + minute) * 60 + second)
