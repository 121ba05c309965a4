"""The wire log: every call of the bot to WeCom and every callback of WeCom to the bot."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.simulator.common.shapes import Json

#: Entries kept; a busy demo makes a few hundred an hour.
_KEPT = 5000
_SECRET_KEYS = frozenset({"access_token", "corpsecret", "secret", "token", "encodingaeskey", "aeskey"})
_LONG_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange; `direction` is `call` (bot → WeCom) or `callback` (WeCom → bot)."""

    seq: int
    at: str
    direction: str
    method: str
    path: str
    request: object
    response: object
    status: int
    errcode: int | None
    ms: int
    note: str


class WireLog:
    """Keeps the latest exchanges, with secrets and tokens masked."""

    def __init__(self, publish: Callable[[Json], None]) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._publish = publish
        self._seq = 0

    def add(
        self,
        *,
        at: datetime,
        direction: str,
        method: str,
        path: str,
        request: object,
        response: object,
        status: int,
        seconds: float,
        note: str = "",
    ) -> Entry:
        """Write down one exchange; status 0 means that no answer was given or received."""
        self._seq += 1
        code = response.get("errcode") if isinstance(response, Mapping) else None
        entry = Entry(
            seq=self._seq,
            at=at.isoformat(),
            direction=direction,
            method=method,
            path=path,
            request=masked(request),
            response=masked(response),
            status=status,
            errcode=code if isinstance(code, int) else None,
            ms=round(seconds * 1000),
            note=note,
        )
        self._entries.append(entry)
        self._publish({"type": "wire", "entry": asdict(entry)})
        return entry

    def after(self, seq: int) -> list[Entry]:
        """The entries younger than `seq`, oldest first."""
        return [entry for entry in self._entries if entry.seq > seq]


def masked(value: object) -> object:
    """The same JSON with secrets cut to their last four letters and overlong texts cut short."""
    if isinstance(value, Mapping):
        return {
            key: _mask(item) if str(key).lower() in _SECRET_KEYS else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if isinstance(value, str) and len(value) > _LONG_TEXT:
        return value[:_LONG_TEXT] + "…"
    return value


def _mask(value: object) -> str:
    text = str(value)
    return f"****{text[-4:]}" if len(text) > 8 else "****"  # noqa: PLR2004 - half of it stays hidden
