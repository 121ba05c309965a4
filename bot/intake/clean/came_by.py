"""By which way somebody came: UTM parameters, click ids, and the page before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from bot.intake.clean.text import line
from bot.store.touch_points import TouchPoint

UTM = ("source", "medium", "campaign", "term", "content")
#: What ad platforms put on an address and want back when somebody converts.
CLICK_IDS = ("bd_vid", "gdt_vid", "qz_gdt", "clickid", "gclid", "msclkid")
_MOST, _MOST_CLICK, _MOST_ADDRESS, _MOST_FIELDS = 100, 200, 300, 50


def way(
    *,
    query: Mapping[str, str],
    named: Mapping[str, object],
    referrer: str,
    page: str,
    at: datetime,
    visitor: str | None = None,
    lead_id: str | None = None,
) -> TouchPoint:
    """`named` is a campaign that was spelled out (`source`, `medium` …); it wins over the address."""
    told = {key: _text(named.get(key)) or _text(query.get(f"utm_{key}")) for key in UTM}
    clicks = {key: _text(query.get(key), _MOST_CLICK) for key in CLICK_IDS if _text(query.get(key))}
    return TouchPoint(
        **told,
        referrer=bare(referrer),
        page=bare(page),
        click_id=clicks,
        at=at,
        visitor=visitor,
        lead_id=lead_id,
    )


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address, the last of a name; none if it has too many to be genuine."""
    try:
        pairs = parse_qsl(urlsplit(address).query, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(pairs)


def bare(address: str) -> str:
    """An address without what stands behind a question mark: people's names and numbers are found there."""
    text = line(address).partition("?")[0].partition("#")[0]
    return text[:_MOST_ADDRESS]


def host(address: str) -> str:
    """The site of an address, without `www.`; empty if it has none."""
    try:
        found = urlsplit(line(address)).hostname or ""
    except ValueError:
        return ""
    return found.removeprefix("www.")


def _text(raw: object, most: int = _MOST) -> str:
    return line(raw)[:most] if isinstance(raw, str) else ""
