"""When something happened, as files tell it (verdict.md §1, Times).

A day without a time counts from its beginning for a yes and to its end for a no; a local hour that
came twice takes the reading that is better for the person; one that never came is an error.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

AHEAD = timedelta(minutes=5)
_TIMED = re.compile(r"%[HIMSXcfp]")
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?"
).fullmatch
_DOTTED = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
).fullmatch
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})").fullmatch
# 20000 to 79999: the days that a spreadsheet counts between 1954 and 2119.
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?").fullmatch
_SERIAL_ZERO = datetime(1899, 12, 30)


class BadTime(ValueError):
    """``reason`` is a code of errors.REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Told(NamedTuple):
    """A time as it was told: the earliest and the latest instant (UTC) that it can mean.

    ``day`` is set where no time of day was told.
    """

    first: datetime
    last: datetime
    day: date | None = None


class Clock:
    """Reads times of one file in its time zone; ``moment`` is when the file was true, if known."""

    def __init__(self, zone: str, now: datetime, moment: datetime | None = None) -> None:
        self.zone = ZoneInfo(zone)
        self.latest = now + AHEAD
        self.moment = moment
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, text: str, pattern: str = "", iso_too: bool = False) -> Told:
        """Raises BadTime where ``text`` is no time of ``pattern`` (or of the known spellings)."""
        told = _by_pattern(text, pattern) if pattern else _known(text)
        if told is None and pattern and iso_too:
            told = _iso(text)
        if told is None:
            raise BadTime("date_invalid")
        return self._placed(told)

    def yes(self, told: Told) -> datetime:
        return self._past(told.first)

    def no(self, told: Told) -> datetime:
        """The end of a day, or within the file's own day the moment at which the file was true."""
        if told.day and self.moment and self._day_of(self.moment) == told.day:
            return self._past(self.moment)
        return self._past(told.last)

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _past(self, instant: datetime) -> datetime:
        if instant > self.latest:
            raise BadTime("date_in_future")
        return instant

    def _placed(self, told: date | datetime) -> Told:
        if not isinstance(told, datetime):
            following = told + timedelta(days=1)
            return Told(self._midnight(told), self._midnight(following), told)
        if told.tzinfo:
            instant = told.astimezone(UTC)
            return Told(instant, instant)
        return self._local(told)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def _local(self, naive: datetime) -> Told:
        first = naive.replace(tzinfo=self.zone).astimezone(UTC)
        last = naive.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if first > last:
            raise BadTime("time_skipped")
        return Told(first, last)


def _known(text: str) -> date | datetime | None:
    for reader in _READERS:
        if (told := reader(text)) is not None:
            return told
    return None


def _iso(text: str) -> date | datetime | None:
    if not (found := _ISO(text)):
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    if hour is None:
        return _made(lambda: date(int(year), int(month), int(day)))
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    numbers = map(int, (year, month, day, hour, minute, second or "0"))
    naive = _made(lambda: datetime(*numbers, micro))
    return _made(lambda: naive.replace(tzinfo=_offset(offset))) if offset else naive


def _offset(text: str) -> tzinfo:
    if text in ("Z", "UTC"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or "0")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size)


def _dotted(text: str) -> date | datetime | None:
    if not (found := _DOTTED(text)):
        return None
    day, month, year, hour, minute, second = found.groups()
    if hour is None:
        return _made(lambda: date(int(year), int(month), int(day)))
    numbers = tuple(map(int, (year, month, day, hour, minute, second or "0")))
    return _made(lambda: datetime(*numbers))


def _compact(text: str) -> date | None:
    found = _COMPACT(text)
    return _made(lambda: date(*map(int, found.groups()))) if found else None


def _serial(text: str) -> date | datetime | None:
    if not _SERIAL(text):
        return None
    days = float(text.replace(",", "."))
    if days.is_integer():
        return (_SERIAL_ZERO + timedelta(days=days)).date()
    return _SERIAL_ZERO + timedelta(seconds=round(days * 86400))


_READERS: tuple[Callable[[str], date | datetime | None], ...] = (_iso, _dotted, _compact, _serial)


def _by_pattern(text: str, pattern: str) -> date | datetime | None:
    try:
        told = datetime.strptime(text, pattern)
    except ValueError:
        return None
    return _checked(told if _TIMED.search(pattern) else told.date())


def _made(make: Callable[[], date | datetime]) -> date | datetime:
    try:
        return _checked(make())
    except ValueError as error:
        raise BadTime("date_invalid") from error


def _checked(told: date | datetime) -> date | datetime:
    # 0001-01-01 and 1900-01-00 are what empty dates become on the way through other systems.
    if not 1950 <= told.year <= 2200:
        raise BadTime("date_invalid")
    return told
