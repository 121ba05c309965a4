"""Provinces and cities by the short names that the company's regions use."""

from __future__ import annotations

from dataclasses import dataclass

from bot.crm.company.places import read_place
from bot.intake.clean.text import line


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is; what is not known is empty, what we do not know by name stays as it came."""

    province: str
    city: str


def read(*, province: str, city: str) -> Place:
    """上海市 is 上海, 江苏省苏州市 in either field is 江苏 and 苏州; a city brings its province."""
    said_province, said_city = line(province), line(city)
    of_city, town = read_place(said_city)
    of_province, town_too = read_place(said_province)
    # A city tells its province; the longer list of provinces is mistyped more often.
    return Place(
        province=of_city or of_province or said_province,
        city=town or (said_city if not of_city else "") or town_too or "",
    )
