"""`/metrics` in Prometheus text: numbers and states, never a name, an id of a person or a word of his."""

from __future__ import annotations

import hmac
import ipaddress
import platform
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from importlib.metadata import version

import structlog
from aiohttp import hdrs, web

from bot.kit.clock import Clock, Monotonic
from bot.store import Store, gauges, leases, monthly
from bot.store.gauges import Backlog, Totals, Waiting
from bot.store.leases import Lease
from bot.store.monthly import Used
from bot.web.loop_lag import LoopLag

log = structlog.get_logger()

#: Seconds for which whole-table counts are kept.
_COUNTED_FOR = 30.0
_PLAIN = re.compile(r"[A-Za-z0-9_.:'-]{1,80}")
_DIGITS = re.compile(r"\d{5,}")
#: Set by a proxy: then the address we see is the proxy's.
_FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: what it is, and its samples by labels."""

    name: str
    kind: str
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]

    def lines(self) -> Iterator[str]:
        """The text of it."""
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"{self.name}{{{inside}}} {value:g}" if inside else f"{self.name} {_number(value)}"


class Metrics:
    """Counts the door's answers, and tells them together with what the database knows."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        monotonic: Monotonic,
        lag: LoopLag,
        token: str = "",
        zone: tzinfo = timezone.utc,
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._lag = lag
        self._token = token
        #: Where the company's months begin.
        self._zone = zone
        self._started_at = clock()
        self._answers: Counter[tuple[str, str]] = Counter()
        self._totals: Totals | None = None
        self._counted_at = 0.0

    async def count_answer(self, request: web.Request, response: web.StreamResponse) -> None:
        """Count an answer by route and status; what matches no route is one route, however many are tried."""
        resource = request.match_info.route.resource
        route = "none" if resource is None else resource.canonical
        self._answers[route, str(response.status)] += 1

    async def tell(self, request: web.Request) -> web.Response:
        """Answer a scrape from our own network, or with the API token; to the world there is nothing here."""
        if not self._may_see(request):
            raise web.HTTPNotFound
        try:
            async with self._store.read() as tx:
                now = self._clock()
                backlog = await gauges.backlog(tx, now=now)
                held = await leases.everything(tx)
                used = await monthly.everything(tx, month=monthly.month_of(now, self._zone))
                if self._totals is None or self._monotonic() - self._counted_at > _COUNTED_FOR:
                    self._totals = await gauges.totals(tx, now=now)
                    self._counted_at = self._monotonic()
        except Exception as exc:  # noqa: BLE001 - a database that is away must not look like a defect of ours
            log.warning("metrics.not_read", error=type(exc).__name__)
            return web.Response(status=503)
        state = (*_waits(backlog, now), _streams(held, now), _month(used))
        families = (*self._process(), *state, *_counts(self._totals, now))
        text = "\n".join(line for family in families for line in family.lines()) + "\n"
        return web.Response(body=text.encode(), headers={hdrs.CONTENT_TYPE: _CONTENT_TYPE})

    def _may_see(self, request: web.Request) -> bool:
        if self._token:
            given = request.headers.get(hdrs.AUTHORIZATION, "").removeprefix("Bearer ").strip()
            if hmac.compare_digest(given.encode(), self._token.encode()):
                return True
        return not any(name in request.headers for name in _FORWARDED) and _is_near(request.remote or "")

    def _process(self) -> Iterator[Family]:
        info = {
            "version": version("leadbell"), "python": platform.python_version(),
            "database": self._store.dialect,
        }  # fmt: skip
        groups, units = self._store.taken()
        yield _one("leadbell_build_info", "gauge", "What runs here.", 1, info)
        yield _one(
            "leadbell_start_time_seconds", "gauge", "When it was started, as Unix time.",
            round(self._started_at.timestamp()),
        )  # fmt: skip
        yield _one(
            "leadbell_loop_lag_seconds",
            "gauge",
            "Worst lateness of the event loop since the last scrape.",
            self._lag.worst(),
        )
        yield _one(
            "leadbell_loop_lag_seconds_sum",
            "counter",
            "Lateness of the event loop, all looks together.",
            self._lag.total,
        )
        yield _one("leadbell_writer_groups_total", "counter", "Groups of units of work written.", groups)
        yield _one("leadbell_writer_units_total", "counter", "Units of work written, in groups.", units)
        yield _many(
            "leadbell_http_answers_total", "counter", "Answers of the door by route and status.",
            (({"route": route, "status": status}, n) for (route, status), n in sorted(self._answers.items())),
        )  # fmt: skip


def _waits(backlog: Backlog, now: datetime) -> Iterator[Family]:
    parts: dict[str, Waiting] = {
        "deliveries": backlog.deliveries, "lanes": backlog.lanes, "messages": backlog.unsent,
        "audit_rows": backlog.unlinked,
    }  # fmt: skip
    yield _many(
        "leadbell_waiting", "gauge", "What waits: deliveries, lanes with work due, messages due, audit rows.",
        (({"what": name}, waiting.n) for name, waiting in parts.items()),
    )  # fmt: skip
    yield _many(
        "leadbell_oldest_waiting_seconds", "gauge", "How long the first of them has waited.",
        (({"what": name}, waiting.seconds(now)) for name, waiting in parts.items()),
    )  # fmt: skip


def _streams(held: Iterable[Lease], now: datetime) -> Family:
    return _many(
        "leadbell_stream_up",
        "gauge",
        "1 if the connection is held and well, by its name and how it stands.",
        (
            ({"stream": _label(one.role), "state": _label(one.state_at(now))}, float(not one.trouble_at(now)))
            for one in held
        ),
    )


def _month(used: Iterable[Used]) -> Family:
    return _many(
        "leadbell_platform_month_used",
        "gauge",
        "What a platform counts by the month, this month: calls of ours, pushes to us.",
        (({"platform": _label(one.platform), "what": _label(one.what)}, one.n) for one in used),
    )


def _counts(totals: Totals, now: datetime) -> Iterator[Family]:
    yield _many(
        "leadbell_inbox_deliveries", "gauge", "Deliveries by state.",
        (({"state": _label(state)}, n) for state, n in sorted(totals.inbox.items())),
    )  # fmt: skip
    yield _many(
        "leadbell_outbox_messages", "gauge", "Messages by platform and state; nobody knows of unknown ones.",
        (
            ({"platform": _label(where), "state": _label(state)}, n)
            for (where, state), n in sorted(totals.outbox.items())
        ),
    )  # fmt: skip
    yield _one(
        "leadbell_sends_unknown",
        "gauge",
        "Messages of which nobody knows whether they arrived.",
        totals.sends("unknown"),
    )
    quarantined = totals.inbox.get("quarantined", 0) + totals.timers.get("quarantined", 0)
    yield _one(
        "leadbell_quarantined",
        "gauge",
        "Deliveries and timers set aside after repeated failure.",
        quarantined,
    )
    yield _many(
        "leadbell_timers", "gauge", "Timers by state.",
        (({"state": _label(state)}, n) for state, n in sorted(totals.timers.items())),
    )  # fmt: skip
    yield _one("leadbell_timers_overdue", "gauge", "Timers whose time has come.", totals.overdue.n)
    yield _one(
        "leadbell_timers_lag_seconds", "gauge", "How late the latest of them is.", totals.overdue.seconds(now)
    )
    by_reason: Counter[tuple[str, str]] = Counter()
    for (name, reason), n in totals.incidents.items():
        by_reason[_label(name), _label(reason)] += n
    yield _many(
        "leadbell_incidents_total", "counter", "What was dropped, skipped, refused or not understood.",
        (({"name": name, "reason": reason}, n) for (name, reason), n in sorted(by_reason.items())),
    )  # fmt: skip
    yield _one("leadbell_audit_rows", "gauge", "Rows in the audit chain.", totals.audit_rows)


def _one(name: str, kind: str, text: str, value: float, labels: Mapping[str, str] | None = None) -> Family:
    return Family(name, kind, text, ((labels or {}, value),))


def _many(name: str, kind: str, text: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Family:
    return Family(name, kind, text, tuple(samples))


def _label(text: str) -> str:
    """A word of ours as it is; anything that could have been written by somebody else is not repeated."""
    return _DIGITS.sub("#", text) if _PLAIN.fullmatch(text) else "other"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6f}"


def _is_near(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.is_loopback or found.is_private
