"""Times as tables write them → seconds since 1970, in UTC where nothing else is said."""

import math
import re
from datetime import UTC, datetime, timedelta

ISO = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?", re.ASCII
)
DATES = {
    "yymmddhh": (re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)"), 2000),
    "yyyymmdd": (re.compile(rb"((?:19|20)\d\d)(\d\d)(\d\d)"), 0),
    "yyyymmddhh": (re.compile(rb"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)"), 0),
}


def time_of(text: bytes, kind: str) -> float:
    """A time in seconds since 1970; NaN where the text is none of this kind."""
    if kind == "seconds":
        return float(text) if re.fullmatch(rb"\d{9,10}(\.\d+)?", text) else math.nan
    if kind == "milliseconds":
        return int(text) / 1000 if re.fullmatch(rb"\d{12,13}", text) else math.nan
    if kind == "iso":
        return _iso_time(text)
    pattern, century = DATES[kind]
    match = pattern.fullmatch(text)
    if not match:
        return math.nan
    year, month, day, hour = (*(int(part) for part in match.groups()), 0)[:4]
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 23):
        return math.nan
    return _seconds(year + century, month, day, hour, 0, 0)


def _iso_time(text: bytes) -> float:
    match = ISO.fullmatch(text)
    if not match:
        return math.nan
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    seconds = _seconds(year, month, day, hour, minute, second) + float(match[7] or 0)
    offset = re.fullmatch(rb"([+-])(\d\d):?(\d\d)", match[8] or b"Z")
    if not offset:
        return seconds
    shift = 3600 * int(offset[2]) + 60 * int(offset[3])
    return seconds - shift if offset[1] == b"+" else seconds + shift


def _seconds(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float:
    """As JavaScript's Date.UTC: what is over runs into the next day, month or year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    start = datetime(year, month, 1, tzinfo=UTC)
    return (start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)).timestamp()
