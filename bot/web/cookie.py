"""The cookie by which a visitor's device is told from others: only once he agreed, never against his wish."""

from __future__ import annotations

import re
from uuid import UUID

from aiohttp import web

from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.web.limit import sender

NAME = "_aid"
#: What stands in it when he said no: not asked again, not told apart.
_NO = "no"
#: 13 months: longer is not lawful everywhere.
_LIFE = 395 * 24 * 3600
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAILY = 32


def visitor(request: web.Request) -> str:
    """The device's id; empty as long as nobody agreed to one."""
    if wants_none(request):
        return ""
    given = request.cookies.get(NAME, "")
    return given if _UUID.fullmatch(given) else ""


def is_asked(request: web.Request) -> bool:
    """Whether to ask: not who has answered, nor who tells everybody beforehand."""
    return not wants_none(request) and not visitor(request) and request.cookies.get(NAME) != _NO


def wants_none(request: web.Request) -> bool:
    """Whether the browser says: do not track."""
    return request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1"


def answer(request: web.Request, response: web.Response, random_bytes: RandomBytes, *, agreed: bool) -> None:
    """Keep what he answered: an id, or that there shall be none (until the browser is closed)."""
    is_secure = request.secure or request.headers.get("X-Forwarded-Proto", "") == "https"
    fresh = visitor(request) or str(UUID(bytes=random_bytes(16), version=4))
    response.set_cookie(
        NAME, fresh if agreed else _NO, max_age=_LIFE if agreed else None, path="/", samesite="Lax",
        httponly=True, secure=is_secure,
    )  # fmt: skip


def of_today(request: web.Request, vault: Vault, day: str) -> str:
    """Stands for a visitor without an id, today and on this machine alone: it counts, and follows nobody."""
    agent = request.headers.get("User-Agent", "")
    return f"day:{vault.index('visitor', f'{day}|{sender(request)}|{agent}')[:_DAILY]}"
