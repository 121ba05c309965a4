"""Reading an organisation file: departments, people, lists, fields and aliases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.crm.metrics.dimension import LIFECYCLES, Dimension
from bot.crm.user import Role
from bot.insight.ask.lexicon import Department, Lexicon, Person

#: The file's lists and the dimensions they are values of.
LISTS = {
    "sources": Dimension.SOURCE,
    "industries": Dimension.INDUSTRY,
    "products": Dimension.PRODUCT,
    "stages": Dimension.STAGE,
    "channels": Dimension.CHANNEL,
    "campaigns": Dimension.CAMPAIGN,
    "tags": Dimension.TAG,
    "lost_reasons": Dimension.LOST_REASON,
    "invalid_reasons": Dimension.INVALID_REASON,
    "lifecycles": Dimension.LIFECYCLE,
}


def read_org(org: Mapping[str, Any]) -> Lexicon:
    """Read the shape of an organisation file; ValueError names what is wrong with it."""
    company = str(org.get("company") or "")
    departments = tuple(_departments(org.get("departments") or {}))
    values: dict[str, tuple[str, ...]] = {Dimension.LIFECYCLE.value: LIFECYCLES}
    values |= {key.value: _names(org.get(name)) for name, key in LISTS.items() if org.get(name)}
    labels: dict[str, str] = {}
    for key, label, options in _fields(org.get("fields") or org.get("custom_fields") or {}):
        labels[key], values[key] = label, options
    return Lexicon(
        company=company,
        departments=departments,
        values=values,
        labels=labels,
        people=tuple(_person(one, company, departments) for one in org.get("people") or []),
        aliases=dict(_aliases(org.get("aliases") or {})),
    )


def _departments(shape: Mapping[str, Any] | Iterable[Any]) -> Iterator[Department]:
    if isinstance(shape, Mapping):
        for region, teams in shape.items():
            yield Department(str(region), _names(teams))
        return
    for one in shape:
        if isinstance(one, Mapping):
            yield from _departments(one)
        else:
            yield Department(str(one))


def _person(shape: Mapping[str, Any], company: str, departments: tuple[Department, ...]) -> Person:
    try:
        user_id, name, role = str(shape["userid"]), str(shape["name"]), Role(shape.get("role") or Role.REP)
    except (KeyError, ValueError) as error:
        msg = f"people: userid, name and a known role are needed: {error}"
        raise ValueError(msg) from error
    region, team = _place(str(shape.get("department") or ""), company, departments)
    called = shape.get("aliases") or shape.get("alias") or ()
    return Person(
        user_id=user_id,
        name=name,
        role=role,
        region=region,
        team=team,
        aliases=_names([called] if isinstance(called, str) else called),
    )


def _place(path: str, company: str, departments: tuple[Department, ...]) -> tuple[str, str]:
    """Region and team of a dotted path, which may begin with the company or be a team alone."""
    parts = [part.strip() for part in path.replace("/", ".").split(".") if part.strip()]
    if parts and parts[0] == company:
        parts = parts[1:]
    if len(parts) == 1 and parts[0] not in {one.region for one in departments}:
        owner = [one.region for one in departments if parts[0] in one.teams]
        parts = [owner[0], parts[0]] if len(owner) == 1 else parts
    return (parts[0] if parts else "", parts[1] if len(parts) > 1 else "")


def _fields(shape: Mapping[str, Any] | Iterable[Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if isinstance(shape, Mapping):
        for key, body in shape.items():
            full = body if isinstance(body, Mapping) else {"values": body}
            yield str(key), str(full.get("label") or key), _names(full.get("values") or full.get("options"))
        return
    for one in shape:
        if not isinstance(one, Mapping):
            msg = f"fields: a key, a label and values are needed, not {one!r}"
            raise TypeError(msg)
        key = str(one.get("key") or one.get("name"))
        yield key, str(one.get("label") or key), _names(one.get("values") or one.get("options"))


def _aliases(shape: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Either alias: word, or word: [aliases]."""
    for key, value in shape.items():
        if isinstance(value, str):
            yield str(key), value
        elif isinstance(value, Mapping):
            yield from _aliases(value)
        else:
            yield from ((str(alias), str(key)) for alias in value)


def _names(shape: object) -> tuple[str, ...]:
    """A list of names, or of things with a name; a mapping gives its keys."""
    if shape is None:
        return ()
    if isinstance(shape, str):
        return (shape,)
    if not isinstance(shape, Iterable):
        msg = f"a list of names is needed, not {shape!r}"
        raise TypeError(msg)
    return tuple(str(one["name"] if isinstance(one, Mapping) else one) for one in shape)
