"""Times as exports and pages write them, in UTC. A time without a zone is read as UTC.

Own code, because dateutil's parser guesses: of "03/04/2026" it takes the month first, and "May" is a date to it.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MONTHS = {
    name: number
    for names in (  # English, German, French, Spanish
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "jan feb mär apr mai jun jul aug sep okt nov dez",
        "jan fév mar avr mai juin juil aoû sep oct nov déc",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})[^\W\d_]{{0,6}}\.?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s?(?P<half>[ap]\.?m\.?)?"
_DAY = (
    r"(?:(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|mo|di|mi|do|fr|sa|so|"
    r"lun|mar|mer|jeu|ven|sam|dim|mié|jue|vie|sab|sáb|dom)\.?,?\s+)?"
)
_AT = r"(?:,?\s+(?:at\s+)?|\s+-\s+)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}{_MONTH}\s+(?P<day>\d{{1,2}}){_ORDINAL},?\s+(?P<year>\d{{4}})(?:{_AT}{_CLOCK})?",  # Mon Mar 12, 2026
        rf"{_DAY}(?P<day>\d{{1,2}}){_ORDINAL}\.?\s+{_MONTH},?\s+(?P<year>\d{{4}})(?:{_AT}{_CLOCK})?",  # 12 March 2026
        rf"{_MONTH}\s+(?:'|’)?(?P<year>\d{{4}}|(?<=['’])\d{{2}})",  # Feb 2013, Oct '16
        rf"{_DAY}{_MONTH}\s+(?P<day>\d{{1,2}}){_ORDINAL}(?:{_AT}{_CLOCK})?",  # Mar 12, of this year
        rf"{_DAY}(?P<day>\d{{1,2}})\.?\s+{_MONTH}(?:{_AT}{_CLOCK})?",  # 12 mars, of this year
        rf"(?P<word>today|yesterday){_AT}{_CLOCK}",
        _CLOCK,
        rf"(?P<year>\d{{4}})[-/.](?P<numeric>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:(?:{_AT}|T){_CLOCK})?",
    )
]
_ZONE = re.compile(r"\s+(?:(?:utc|gmt|z)|(?P<offset>[+-]\d{2}:?\d{2}))$", re.IGNORECASE)
# "Mon, 12 Mar 2026 10:15:00 GMT" (RFC 2822) and "Mon Mar 12 10:15:00 +0000 2026" (Twitter).
_IN_ENGLISH = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun),? [\w ]{5,12} \d{2}:\d{2}:\d{2} [\w +-]{2,12}", re.IGNORECASE
)
_SLASHED = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second_number>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}})"
    rf"(?:{_AT}{_CLOCK})?",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"(?:(?:about|over|almost|edited)\s+)?(?P<count>\d{1,4}|an?|few)\s?"
    r"(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|j|tg|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?)\.?"
    r"(?P<ago>\s+ago)?",
    re.IGNORECASE,
)
# The same in German, French and Spanish, by the stems of units.
_STEMS = {
    **dict.fromkeys(("sekunde", "seconde", "segundo"), 1),
    **dict.fromkeys(("minut",), 60),
    **dict.fromkeys(("stunde", "heure", "hora"), 3600),
    **dict.fromkeys(("tag", "jour", "día"), 86_400),
    **dict.fromkeys(("woche", "semaine", "semana"), 604_800),
    **dict.fromkeys(("monat", "mois", "mes"), 2_629_800),
    **dict.fromkeys(("jahr", "an", "año"), 31_557_600),
}
_AGO_ABROAD = re.compile(
    rf"(?:vor|il y a|hace) (?P<count>\d{{1,4}}|ein(?:er|em)|une?|una) (?P<stem>{'|'.join(_STEMS)})[enos]{{0,4}}",
    re.IGNORECASE,
)
_NOW = re.compile(r"(?:just )?now|moments? ago", re.IGNORECASE)
_SECONDS = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "j": 86_400,
    "t": 86_400,
    "w": 604_800,
    "mo": 2_629_800,
    "y": 31_557_600,
}
_LONGEST = 60  # characters of a time
_LATEST = 1e11  # in seconds, this is the year 5138; more are thousandths, millionths and so on


def exact(value: object) -> datetime | None:
    """A time that a program wrote: ISO 8601, RFC 2822, or seconds since 1970 or thousandths of them; None for others.

    >>> exact("2016-10-01T13:51:26.235Z"), exact(1.6e9), exact("soon")
    (datetime.datetime(2016, 10, 1, 13, 51, 26, 235000, tzinfo=datetime.timezone.utc),
     datetime.datetime(2020, 9, 13, 12, 26, 40, tzinfo=datetime.timezone.utc), None)
    """
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        if isinstance(value, str) and not re.fullmatch(r"\s*\d{9,19}(?:\.\d{1,9})?\s*", value):
            return _of_text(value.strip()) if 10 <= len(value) <= _LONGEST else None
        seconds = float(value)
        while _LATEST <= seconds < math.inf:
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def written(value: str, now: datetime | None = None, *, day_first: bool | None = None) -> datetime | None:
    """A time that a page shows to people; None if it is none, or cannot be told.

    Args:
        value: such as "Oct 1, 2016", "3 hours ago" or "Today at 10:15".
        now: when the page was copied; without it, only complete dates can be told.
        day_first: of "03/04/2026", whether 3 is the day; None if that is unknown.
    """
    text = " ".join(value.split())
    if not text or len(text) > _LONGEST:
        return None
    if (known := exact(text)) is not None:
        return known
    if slashed := _SLASHED.fullmatch(text):
        return _of_slashed(slashed, day_first=day_first)
    if (relative := _AGO.fullmatch(text) or _AGO_ABROAD.fullmatch(text)) or _NOW.fullmatch(text):
        return _before(now, relative) if now else None
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    return _of_parts(found.groupdict(), now) if found else None


def is_time(value: str) -> bool:
    """Whether a text is a time as a page shows it, whether or not it can be told which one."""
    text = " ".join(value.split())
    if not text or len(text) > _LONGEST or not any(sign.isdigit() for sign in text[:_LONGEST]):
        return bool(_NOW.fullmatch(text)) if len(text) <= _LONGEST else False
    forms = (_AGO, _AGO_ABROAD, _SLASHED, *_FORMS)
    return any(form.fullmatch(text) for form in forms)


def is_day_first(values: list[str]) -> bool | None:
    """Whether dates such as "03/04/2026" have the day first, as far as any of these tells.

    >>> is_day_first(["03/04/2026", "13/04/2026"]), is_day_first(["03.04.2026"]), is_day_first(["03/04/2026"])
    (True, True, None)
    """
    for value in values:
        found = _SLASHED.match(" ".join(value.split())[:_LONGEST])
        if found and found["mark"] == ".":
            return True
        if found and (int(found["first"]) > 12) != (int(found["second_number"]) > 12):
            return int(found["first"]) > 12
    return None


def _of_text(value: str) -> datetime:
    """Raises ValueError."""
    if _IN_ENGLISH.fullmatch(value):
        return _in_utc(parsedate_to_datetime(value))
    return _in_utc(datetime.fromisoformat(_ZONE.sub(lambda zone: zone["offset"] or "+00:00", value)))


def _in_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _before(now: datetime, relative: re.Match[str] | None) -> datetime | None:
    if relative is None:
        return now
    if relative.re is _AGO_ABROAD:
        seconds = _STEMS[relative["stem"].lower()]
    else:
        unit = relative["unit"].lower()
        seconds = _SECONDS["mo" if unit.startswith("mo") else unit[0]]
    count = int(relative["count"]) if relative["count"].isdigit() else 1
    try:
        return now - timedelta(seconds=count * seconds)
    except OverflowError:
        return None


def _of_slashed(found: re.Match[str], *, day_first: bool | None) -> datetime | None:
    first, second = int(found["first"]), int(found["second_number"])
    if found["mark"] == "." or first > 12:
        day_first = True
    elif second > 12:
        day_first = False
    if day_first is None:
        return None
    day, month = (first, second) if day_first else (second, first)
    parts = {**found.groupdict(), "day": str(day), "numeric": str(month)}
    return _of_parts(parts, None)


def _of_parts(parts: dict[str, str | None], now: datetime | None) -> datetime | None:
    year, day = parts.get("year"), parts.get("day")
    word, month = parts.get("word"), parts.get("month")
    if year is None and now is None:
        return None
    today = now or datetime(2000, 1, 1, tzinfo=UTC)
    try:
        if month or year:
            number = _MONTHS[month.lower()] if month else int(parts["numeric"] or 0)
            date = datetime(_full_year(year) if year else today.year, number, int(day or 1), tzinfo=UTC)
            if year is None and date > today + timedelta(days=1):
                date = date.replace(year=date.year - 1)
        else:
            date = today - timedelta(days=word is not None and word.lower() == "yesterday")
        hour, minute, second = _clock(parts)
        at = date.replace(hour=hour, minute=minute, second=second, microsecond=0)
    except (ValueError, OverflowError):
        return None
    is_bare_clock = not month and not year and word is None
    return at - timedelta(days=1) if is_bare_clock and at > today + timedelta(minutes=1) else at


def _full_year(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour, int(parts.get("minute") or 0), int(parts.get("second") or 0)
