"""message/send and message/recall: what the app says to members.

https://developer.work.weixin.qq.com/document/path/90236
"""

from __future__ import annotations

import copy
import hashlib
import json
from datetime import timedelta

from bot.simulator.wecom import codes, desk, recipients
from bot.simulator.wecom.call import Call, Endpoint, agent_id, number, ok, part, text
from bot.simulator.wecom.card_rules import check_card, is_interactive
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.contents import Content, read_content
from bot.simulator.wecom.limits import MESSAGES_PER_MEMBER
from bot.simulator.wecom.model import Card, Json, Message, Person, Sent
from bot.simulator.wecom.recipients import Recipients
from bot.simulator.wecom.world import World

_RECALL_WITHIN = timedelta(hours=24)
_REPEAT_DEFAULT_S = 1800
_REPEAT_MOST_S = 4 * 3600
_MSGID_LETTERS = 86


def send(world: World, call: Call) -> Json:
    """Send one message to many; partial failure is still errcode 0."""
    body = call.body
    agent_id(world, call)
    to = recipients.of_send(world, body)
    card = _checked_card(world, body) if body.get("msgtype") == "template_card" else None
    content = Content("card", card=card) if card is not None else read_content(world, body)
    repeated = _repeated(world, body)
    if repeated is not None:
        call.notes.append("repeat of the same request: not delivered again")
        return repeated
    return _remember_request(world, body, _deliver(world, call, to, content))


def _checked_card(world: World, body: Json) -> Json:
    card = part(body, "template_card")
    check_card(world, card)
    if is_interactive(card) and not world.app.callback_url:
        raise RefusedError(codes.NEEDS_CALLBACK_URL)
    desk.claim_task_id(world, card)
    return card


def _deliver(world: World, call: Call, to: Recipients, content: Content) -> Json:
    sent = Sent(world.mint("", _MSGID_LETTERS), world.now())
    world.sent[sent.msgid] = sent
    card = desk.remember(world, content.card, sent.msgid) if content.kind == "card" and content.card else None
    for person in to.people.values():
        if not world.limits.admit(f"member:{person.userid}", MESSAGES_PER_MEMBER, now=world.now()):
            call.notes.append(f"over 30 a minute or 1000 an hour: dropped for {person.userid}")
            continue
        sent.entries.append((person.userid, _show(world, person, content, card, sent.msgid)))
    answer = ok(msgid=sent.msgid, **_invalid(to))
    if card is not None and card.updatable:
        answer["response_code"] = desk.issue_code(world, card)
    return answer


def _show(world: World, person: Person, content: Content, card: Card | None, msgid: str) -> Message:
    message = world.new_message("app", content.kind, text=content.text, msgid=msgid)
    message.card = copy.deepcopy(content.card)
    if content.kind == "card":
        message.card_state = desk.READY
    if card is not None:
        message.task_id = card.task_id
        card.shown[person.userid] = message
    return world.show(person, message)


def _invalid(to: Recipients) -> Json:
    found = {
        "invaliduser": to.invalid_users,
        "invalidparty": to.invalid_parties,
        "invalidtag": to.invalid_tags,
    }
    # In this endpoint's answer these are strings; in update_template_card's they are lists.
    return {name: "|".join(ids) for name, ids in found.items() if ids}


def _fingerprint(body: Json) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _repeated(world: World, body: Json) -> Json | None:
    if not number(body, "enable_duplicate_check"):
        return None
    until, answer = world.recent_requests.get(_fingerprint(body), (world.now(), {}))
    return dict(answer) if world.now() < until else None


def _remember_request(world: World, body: Json, answer: Json) -> Json:
    if number(body, "enable_duplicate_check"):
        world.forget_old_requests()
        seconds = min(number(body, "duplicate_check_interval", _REPEAT_DEFAULT_S), _REPEAT_MOST_S)
        world.recent_requests[_fingerprint(body)] = (world.now() + timedelta(seconds=seconds), answer)
    return answer


def recall(world: World, call: Call) -> Json:
    """Take a message back, within 24 h."""
    sent = world.sent.get(text(call.body, "msgid", required=True))
    if sent is None or world.now() > sent.at + _RECALL_WITHIN:
        raise RefusedError(codes.BAD_PARAMETER, "msgid unknown or older than 24 h")
    for userid, message in sent.entries:
        message.kind, message.text, message.card, message.card_state = "event", "消息已撤回", None, None
        world.tell_message(userid, message, changed=True)
    return ok()


ENDPOINTS = (Endpoint("POST", "message/send", send), Endpoint("POST", "message/recall", recall))
