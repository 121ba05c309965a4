"""Which sales region a place belongs to."""

from __future__ import annotations

from bot.crm.company.company import Company
from bot.crm.company.places import read_place


def region_of(company: Company, *, province: str | None, city: str | None) -> str | None:
    """The region's name, or None if the place says nothing or nobody has it.

    A city that a region claims for itself wins over its province; what the city's name
    implies wins over a province that contradicts it, since people mistype the longer list.
    """
    from_city, town = read_place(city or "")
    from_province, town_too = read_place(province or "")
    towns = [one for one in (town, town_too) if one]
    for region in company.org.regions:
        if any(one in region.cities for one in towns):
            return region.name
    where = from_city or from_province
    return next((region.name for region in company.org.regions if where in region.provinces), None)
