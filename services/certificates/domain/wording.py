"""Dates and class hours as a certificate words them, in Chinese and English (R42)."""

from datetime import date

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def chinese_date(day: date) -> str:
    """A day without leading zeros: 2023年5月9日 (R42)."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_span(first: date, last: date) -> str:
    """From the first to the last day; the year is said once when it is the same: 2023年5月9日至5月13日."""
    if first == last:
        return chinese_date(first)
    if first.year == last.year:
        return f"{chinese_date(first)}至{last.month}月{last.day}日"
    return f"{chinese_date(first)}至{chinese_date(last)}"


def english_date(day: date) -> str:
    """A day in English: 9 May 2023."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def english_span(first: date, last: date) -> str:
    """From the first to the last day: 9–13 May 2023, 30 May – 3 June 2023."""
    if first == last:
        return english_date(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{english_date(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} – {english_date(last)}"
    return f"{english_date(first)} – {english_date(last)}"


def class_hours(quarter_hours: int) -> str:
    """Quarter-hours as class hours, exactly: 160 is 40, 150 is 37.5, 149 is 37.25."""
    whole, quarters = divmod(quarter_hours, 4)
    return f"{whole}{('', '.25', '.5', '.75')[quarters]}"
