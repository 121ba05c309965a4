"""I10: nothing private in logs, in what strangers are answered, in groups, or in chats of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from tests.worlds.dingtalk import check as check_dingtalk
from tests.worlds.dingtalk import platform as dingtalk
from tests.worlds.platform import SECRETS

if TYPE_CHECKING:
    from tests.worlds.world import World

#: What every canary of `life` begins or ends with, and how a name stands in a log line.
PHONE, NAME, MAIL = "1391357", "甄宝", "private.example"
_ESCAPED = NAME.encode("unicode_escape").decode()


def breaches(rows: Any, world: World, lines: list[str]) -> Iterator[str]:
    """Where something has got out."""
    ding = dingtalk.SECRETS
    secrets = [
        SECRETS.secret, SECRETS.token, SECRETS.aes_key, *world.platform.tokens, ding.ding_client_secret,
        ding.ding_event_token, ding.ding_event_aes_key,
    ]  # fmt: skip
    yield from _logged(lines, [PHONE, NAME, _ESCAPED, MAIL, *secrets])
    yield from _to_strangers(world, [PHONE, NAME, MAIL, *secrets])
    for chat in world.platform.world.chats.values():
        for message in chat.messages:
            if any(canary in message.text for canary in (PHONE, MAIL, NAME)):
                yield f"I10 leak: something private in group {chat.chatid}"
    yield from _to_colleagues(rows, world)
    yield from check_dingtalk.private(rows, world, (PHONE, MAIL, NAME))


def _logged(lines: list[str], canaries: list[str]) -> Iterator[str]:
    whole = "\n".join(lines)
    for canary in canaries:
        if canary in whole:
            line = next(line for line in lines if canary in line)
            yield f"I10 leak: {canary[:8]}… in a log line: {line[:60]}"


def _to_strangers(world: World, canaries: list[str]) -> Iterator[str]:
    for said in world.life.strangers:
        for canary in canaries:
            if canary.encode() in said:
                yield f"I10 leak: {canary[:8]}… in an answer to a stranger: {said[:80]!r}"


def _to_colleagues(rows: Any, world: World) -> Iterator[str]:
    """A whole number stands only in the chat of whoever asked for one, which has left a row."""
    revealed = {row["actor"] for row in rows.audit if row["action"] == "contact.revealed"}
    for person in world.platform.world.people.values():
        if person.userid in revealed:
            continue
        for message in person.messages:
            shown = message.text + orjson.dumps(message.card or {}).decode()
            if message.sender != "me" and (PHONE in shown or MAIL in shown):
                yield f"I10 leak: {person.userid} sees what he never asked for: {shown[:80]}"
