"""What comes about at the desk of 微信客服: logged for sync_msg, and shown in the customer's WeChat."""

from __future__ import annotations

from bot.simulator.wecom.model import CustomerMessage, Json
from bot.simulator.wecom.outreach_model import HUMAN, OVER, Conversation
from bot.simulator.wecom.world import World

_LETTERS = 28
_BY_CUSTOMER, _BY_SYSTEM, _BY_MEMBER = 3, 4, 5
_FROM_POOL, _PASSED_ON, _ENDED = 1, 2, 3
_REFUSED = 10


def said(world: World, conversation: Conversation, words: str) -> None:
    """He wrote."""
    row = {"msgtype": "text", "text": {"content": words, "menu_id": ""}}
    _log(world, conversation, _BY_CUSTOMER, row)
    show(world, conversation, "me", words)


def answered(world: World, conversation: Conversation, words: str) -> None:
    """The member who has it wrote in the client."""
    row = {"msgtype": "text", "text": {"content": words}, "servicer_userid": conversation.servicer}
    _log(world, conversation, _BY_MEMBER, row)
    show(world, conversation, "member", words)


def event(world: World, conversation: Conversation, kind: str, **parts: object) -> None:
    """Something came about; of events account and customer stand inside."""
    desk = world.service
    inner = {"event_type": kind, "open_kfid": desk.open_kfid, "external_userid": conversation.customer_id}
    row = {
        "msgid": world.mint("", _LETTERS), "send_time": int(world.now().timestamp()),
        "origin": _BY_SYSTEM, "msgtype": "event", "event": {**inner, **parts},
    }  # fmt: skip
    desk.log.append(row)


def deliver(world: World, conversation: Conversation, words: str, msgid: str) -> None:
    """He gets it, unless he shut the desk out: that is told afterwards."""
    if conversation.refuses or world.faults.take("kf_send_fail"):
        event(world, conversation, "msg_send_fail", fail_msgid=msgid, fail_type=_REFUSED)
        world.service.told()
        return
    show(world, conversation, "member", words)


def move(world: World, conversation: Conversation, state: int, servicer: str) -> None:
    """The conversation has somebody else."""
    before = conversation.servicer
    conversation.state, conversation.servicer = state, servicer
    if state in (HUMAN, OVER):
        change = _ENDED if state == OVER else (_PASSED_ON if before else _FROM_POOL)
        event(
            world, conversation, "session_status_change", change_type=change,
            old_servicer_userid=before, new_servicer_userid=servicer,
        )  # fmt: skip
        world.service.told()
    world.bus.publish({"type": "world"})
    world.bus.publish({"type": "service", "id": conversation.customer_id})


def show(world: World, conversation: Conversation, sender: str, words: str) -> None:
    """Put it into his WeChat."""
    customer = world.customers[conversation.customer_id]
    identity = f"c{world.number()}"
    entry = CustomerMessage(identity, world.now(), sender, world.service.open_kfid, "text", words)
    customer.messages.append(entry)
    world.bus.publish({"type": "customer", "id": customer.id})


def _log(world: World, conversation: Conversation, origin: int, row: Json) -> None:
    world.service.log.append(
        {
            "msgid": world.mint("", _LETTERS), "open_kfid": world.service.open_kfid,
            "external_userid": conversation.customer_id, "send_time": int(world.now().timestamp()),
            "origin": origin, **row,
        }
    )  # fmt: skip
