"""Speaks Chinese or English: message catalogs, the reader's language, and how dates, hours and words are written."""

import gettext as standard_gettext
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, has_app_context, has_request_context, request
from jinja2 import pass_context

from shared import vocabulary
from shared.domain import CITY_TIME

LANGUAGES = {"zh": "中文", "en": "English"}
LANGUAGE_COOKIE = "linghang_language"
SHARED_TRANSLATIONS = Path(__file__).parent / "translations"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_spoken: ContextVar[str | None] = ContextVar("linghang_spoken_language", default=None)


def N_(message: str) -> str:
    """Mark a message for the catalog where it is defined; it is translated where it is shown."""
    return message


def language() -> str:
    """``zh`` or ``en``: ``?lang=``, then the reader's cookie, then what the browser asks for, else Chinese."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    if not has_request_context():
        return "zh"
    for chosen in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    return request.accept_languages.best_match(list(LANGUAGES)) or "zh"


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak one language inside the block, whatever the reader asked for (documents, workers, tests)."""
    before = _spoken.set(chosen if chosen in LANGUAGES else "zh")
    try:
        yield
    finally:
        _spoken.reset(before)


def gettext(message: str, /, **facts: Any) -> str:
    """The message in the reader's language; ``%(name)s`` places are filled when facts are given."""
    translated = _catalog().gettext(message)
    return translated % facts if facts else translated


def ngettext(singular: str, plural: str, number: int, /, **facts: Any) -> str:
    """The message that fits `number`, in the reader's language; ``%(num)s`` is the number."""
    return _catalog().ngettext(singular, plural, number) % {"num": number, **facts}


def install_language(app: Flask, translation_folders: Sequence[Path | str] = ()) -> None:
    """Give an app its catalogs (shared first, then its own) and the language words and filters of templates."""
    folders = (SHARED_TRANSLATIONS, *(Path(folder) for folder in translation_folders))
    app.extensions["linghang_translations"] = folders
    _load(folders)  # a broken catalog stops the start, not the first reader
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(_plain_gettext, _plain_ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(language=language, languages=LANGUAGES)
    app.jinja_env.filters.update(
        city_date=city_date, city_time=city_time, city_moment=city_moment, class_hours=class_hours, word=_word, month=month_name
    )


@pass_context  # so that Jinja does not work it out when it compiles a template, once for all in the language of the first reader
def _word(_context: Any, value: Any, kind: str | None = None) -> str:
    return word(value, kind)


def city_date(value: date | datetime | str | None) -> str:
    """A day as people write it (R42): 2023年5月9日, or 9 May 2023; nothing for nothing."""
    day = _day(value)
    if day is None:
        return ""
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def city_time(value: datetime | str | None) -> str:
    """The time of day in the city: 14:05."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) and value else value
    return f"{moment.astimezone(CITY_TIME):%H:%M}" if isinstance(moment, datetime) else ""


def city_moment(value: datetime | str | None) -> str:
    """Day and time in the city: 2023年5月9日 14:05."""
    return f"{city_date(value)} {city_time(value)}".strip()


def month_name(number: int) -> str:
    """A month's name: 5月, or May."""
    return f"{number}月" if language() == "zh" else _MONTHS[number - 1]


def class_hours(quarter_hours: int | None) -> str:
    """Quarter-hours as class hours, exact and without needless digits: 5 is 1.25, 160 is 40 (R17)."""
    if quarter_hours is None:
        return ""
    whole, quarters = divmod(abs(int(quarter_hours)), 4)
    sign = "-" if quarter_hours < 0 else ""
    return f"{sign}{whole}{('', '.25', '.5', '.75')[quarters]}"


def word(value: Any, kind: str | None = None) -> str:
    """The name of a code in the reader's language; a bare code needs its `kind`: ``"online"|word("Delivery")``."""
    if isinstance(value, vocabulary.Word):
        return value.named(language())
    if value is None or value == "":
        return ""
    words = getattr(vocabulary, kind) if kind else None
    try:
        return words(value).named(language()) if words else str(value)
    except ValueError:
        return str(value)


def input_message(message: str) -> str:
    """A sentence of the input checker (marshmallow, webargs) in the reader's language, its figures kept."""
    for sentence, pattern in _input_patterns():
        match = pattern.fullmatch(message)
        if match:
            return gettext(sentence).format(**{name: gettext(found) for name, found in match.groupdict().items()})
    return gettext(message)


def _day(value: date | datetime | str | None) -> date | None:
    if isinstance(value, str):
        if not value:
            return None
        value = datetime.fromisoformat(value) if len(value) > len("2023-05-09") else date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(CITY_TIME).date()
    return value


def _plain_gettext(message: str) -> str:
    return _catalog().gettext(message)


def _plain_ngettext(singular: str, plural: str, number: int) -> str:
    return _catalog().ngettext(singular, plural, number)


def _catalog() -> standard_gettext.NullTranslations:
    if language() != "zh":
        return _ENGLISH
    folders = current_app.extensions.get("linghang_translations") if has_app_context() else None
    return _load(folders or _every_catalog())


_ENGLISH = standard_gettext.NullTranslations()


def _every_catalog() -> tuple[Path, ...]:
    # Outside an app (a worker, a command) there is one process's worth of catalogs: the shared one and those beside the services.
    return (SHARED_TRANSLATIONS, *sorted(Path(__file__).parents[2].glob("services/*/pages/translations")))


@lru_cache
def _load(folders: tuple[Path, ...]) -> standard_gettext.NullTranslations:
    catalogs = [_read(folder / "zh" / "LC_MESSAGES" / "messages.po") for folder in folders]
    first, *others = catalogs
    for other in others:
        first.add_fallback(other)
    return first


def _read(path: Path) -> standard_gettext.GNUTranslations:
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="zh", abort_invalid=True))
    compiled.seek(0)
    return standard_gettext.GNUTranslations(compiled)


@lru_cache
def _input_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, re.compile(_as_pattern(sentence), re.DOTALL)) for sentence in INPUT_MESSAGES if "{" in sentence)


def _as_pattern(sentence: str) -> str:
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(sentence))


# What marshmallow and webargs say to whom sends input; the places are filled by them.
INPUT_MESSAGES = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Invalid value."),
    N_("Invalid type."),
    N_("Invalid input."),
    N_("Invalid input type."),
    N_("Unknown field."),
    N_("Not a valid string."),
    N_("Not a valid utf-8 string."),
    N_("Not a valid UUID."),
    N_("Not a valid number."),
    N_("Number too large."),
    N_("Not a valid integer."),
    N_("Special numeric values (nan or infinity) are not permitted."),
    N_("Not a valid boolean."),
    N_("Not a valid datetime."),
    N_("Not a valid aware datetime."),
    N_("Not a valid naive datetime."),
    N_("Not a valid date."),
    N_("Not a valid time."),
    N_("Not a valid period of time."),
    N_("Not a valid list."),
    N_("Not a valid tuple."),
    N_("Not a valid mapping type."),
    N_("Not a valid URL."),
    N_("Not a valid email address."),
    N_("Invalid JSON body."),
    N_("String does not match expected pattern."),
    N_("Must be greater than or equal to {min} and less than or equal to {max}."),
    N_("Must be greater than or equal to {min}."),
    N_("Must be less than or equal to {max}."),
    N_("Must be greater than {min}."),
    N_("Must be less than {max}."),
    N_("Must be equal to {other}."),
    N_("Must be one of: {choices}."),
    N_("Shorter than minimum length {min}."),
    N_("Longer than maximum length {max}."),
    N_("Length must be between {min} and {max}."),
    N_("Length must be {equal}."),
    N_("One or more of the choices you made was not in: {choices}."),
)
