"""What came of each thing that people did: exactly one effect, however often it was brought or tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.store.tables.leads import consents, external_contacts, leads
from bot.store.tables.machinery import audit, outbox
from bot.store.tables.sales import accounts, follow_ups, opportunities, quotes
from tests.kill.plot import REVEAL
from tests.kill.wire import Wire

TABLES = (consents, external_contacts, audit, follow_ups, opportunities, quotes, accounts)
_ROWS = Mapping[str, list[Any]]


def breaches(rows: _ROWS, wire: Wire) -> Iterator[str]:
    """Everything that was done not at all or twice."""
    taken = {act["event"] for act in wire.of("ack")}
    said = [act for act in wire.of("said") if act["event"] in taken]
    yield from _counted("follow-up", _asked(said, "已电话"), len(rows[follow_ups.name]))
    yield from _counted("deal", _asked(said, "转商机"), len(rows[opportunities.name]))
    yield from _counted("account", _asked(said, "转商机"), len(rows[accounts.name]))
    yield from _counted("quote", _asked(said, "报价 D"), len(rows[quotes.name]))
    won = [deal for deal in rows[opportunities.name] if deal.closed_at is not None]
    yield from _counted("won deal", _asked(said, "赢单"), len(won))
    looked = sum(row.action == "contact.revealed" for row in rows[audit.name])
    pressed = sum(act["label"] == REVEAL and act["event"] in taken for act in wire.of("tap"))
    yield from _counted("look at a number", pressed, looked)
    yield from _questions(rows, said)
    yield from _good_news(rows, wire, [deal.id for deal in won])
    yield from _customers(rows, wire, taken)


def _asked(said: list[dict[str, Any]], words: str) -> int:
    return sum(words in act["text"] for act in said)


def _counted(what: str, wanted: int, found: int) -> Iterator[str]:
    if found < wanted:
        yield f"lost: {wanted} × {what} were taken down, {found} are there"
    elif found > wanted:
        yield f"twice: {wanted} × {what} were asked for, {found} are there"


def _questions(rows: _ROWS, said: list[dict[str, Any]]) -> Iterator[str]:
    sent = Counter(
        row.key.replace(f":{row.platform}:", ":")
        for row in rows[outbox.name]
        if row.state == "sent" or (row.state == "unknown" and row.platform == "dingtalk")
    )
    for act in said:
        if "业绩" in act["text"]:
            answers = sum(sent[f"{kind}:{act['event']}"] for kind in ("card", "text"))
            if not answers:
                yield f"unanswered: the question {act['event']} has no answer that was sent"


def _good_news(rows: _ROWS, wire: Wire, won: list[str]) -> Iterator[str]:
    """A group knows no key: its text is on the wire once, or a row says that nobody knows."""
    heard = Counter(act["mark"] for act in wire.of("text") if act["group"])
    state = {row.key: row.state for row in rows[outbox.name]}
    if not any(row.platform == "wecom" for row in rows[outbox.name]):
        # A group that is named without its platform is WeCom's.
        return
    for deal in won:
        key = f"good_news:{deal}"
        if heard[key] > 1:
            yield f"second text: the group heard {heard[key]} times of {deal}"
        elif not heard[key] and state.get(key) != "unknown":
            yield f"lost: the group never heard of {deal}: {state.get(key)}"


def _customers(rows: _ROWS, wire: Wire, taken: set[str]) -> Iterator[str]:
    added = [act for act in wire.of("added") if act["event"] in taken]
    if not added:
        return
    yield from _counted("contact", 1, len(rows[external_contacts.name]))
    bound = [lead.id for lead in rows[leads.name] if lead.external_contact_id]
    yield from _counted("lead bound to a contact", 1, len(bound))
    agreed = sum(row.purpose == "wechat" for row in rows[consents.name])
    yield from _counted("consent by adding", 1, agreed)
    greeted = Counter(act["code"] for act in wire.of("greeted") if not act["repeated"])
    state = [row.state for row in rows[outbox.name] if row.key.startswith("welcome:")]
    if any(n > 1 for n in greeted.values()) or len(state) > 1:
        yield f"second text: greeted {dict(greeted)}, rows {state}"
    if not greeted and set(state) <= {"sent"} and not _missed(rows):
        yield f"lost: nobody greeted the customer, rows {state}"


def _missed(rows: _ROWS) -> bool:
    return any(row.welcome == "missed" for row in rows[external_contacts.name])
