"""What members and customers do with 企业群发 and 微信客服."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom import events, service
from bot.simulator.wecom.model import Customer, CustomerMessage
from bot.simulator.wecom.outreach_model import (
    HUMAN,
    LIMIT,
    NEW,
    NO_CONTACT,
    OVER,
    SENT,
    TASK_SENT,
    UNSENT,
    Code,
    Conversation,
    GroupMessage,
)
from bot.simulator.wecom.postman import Postman
from bot.simulator.wecom.world import World

_LETTERS, _TOKEN = 43, 40
#: Who got a greeting, or wrote, within this span is not greeted again.
_QUIET = timedelta(hours=48)
#: Of the platform, for one customer: one group message a day, from whomever.
_A_DAY = timedelta(hours=24)


class OutreachHands:
    """Plays both sides."""

    def __init__(self, world: World, postman: Postman) -> None:
        self._world = world
        self._postman = postman
        world.service.told = self._tell

    def tasks(self, userid: str) -> list[GroupMessage]:
        """A member's, the youngest first."""
        return [one for one in reversed(self._world.group_messages.values()) if one.sender == userid]

    def send_group(self, userid: str, msgid: str, *, but: Sequence[str] = ()) -> GroupMessage:
        """The member taps «send»; whom he leaves out stays unsent."""
        task = self._world.group_messages.get(msgid)
        if task is None or task.sender != userid or not task.is_open:
            msg = "这个群发已经发过、被收回，或者不是他的"
            raise NotPossibleError(msg)
        now = self._world.now()
        task.status, task.sent_at = TASK_SENT, now
        for customer_id in task.receivers:
            status = UNSENT if customer_id in but else self._outcome(customer_id, userid)
            task.receivers[customer_id] = (status, now if status == SENT else None)
            if status == SENT:
                self._show(self._world.customers[customer_id], userid, task.text)
        self._world.bus.publish({"type": "group_message", "userid": userid})
        return task

    def enter(self, customer_id: str, *, scene: str = "", scene_param: str = "") -> Conversation:
        """A customer opens the desk's chat; with a code to greet him if nobody did lately."""
        one, now = self._conversation(customer_id), self._world.now()
        recent = [at for at in (one.greeted_at, one.spoke_at) if at is not None and now - at < _QUIET]
        parts: dict[str, object] = {"scene": scene, "scene_param": scene_param}
        if not recent and not self._world.faults.take("kf_no_code"):
            code = Code(self._world.mint("", _LETTERS), customer_id, now)
            self._world.service.codes[code.value] = code
            parts["welcome_code"] = code.value
        service.event(self._world, one, "enter_session", **parts)
        self._tell()
        return one

    def say(self, customer_id: str, words: str) -> None:
        """A customer writes: the span is open again, and one that was over begins anew."""
        one = self._conversation(customer_id)
        one.spoke_at, one.got = self._world.now(), 0
        if one.state == OVER:
            one.state = NEW
        service.said(self._world, one, words)
        self._tell()

    def refuse(self, customer_id: str, *, refuses: bool) -> None:
        """A customer shuts the desk out, or lets it in again."""
        self._conversation(customer_id).refuses = refuses
        self._world.bus.publish({"type": "service", "id": customer_id})

    def answer(self, userid: str, customer_id: str, words: str) -> None:
        """The member who has the conversation writes in the client."""
        one = self._held(userid, customer_id)
        service.answered(self._world, one, words)
        self._tell()

    def end(self, userid: str, customer_id: str) -> None:
        """The member ends the conversation."""
        service.move(self._world, self._held(userid, customer_id), OVER, "")

    def _outcome(self, customer_id: str, userid: str) -> int:
        customer = self._world.customers.get(customer_id)
        follow = customer.follows.get(userid) if customer is not None else None
        if follow is None or not follow.confirmed:
            return NO_CONTACT
        now = self._world.now()
        had = [
            at
            for one in self._world.group_messages.values()
            for status, at in (one.receivers.get(customer_id, (UNSENT, None)),)
            if status == SENT and at is not None and now - at < _A_DAY
        ]
        return LIMIT if had or self._world.faults.take("group_limit") else SENT

    def _show(self, customer: Customer, userid: str, words: str) -> None:
        identity = f"c{self._world.number()}"
        entry = CustomerMessage(identity, self._world.now(), "member", userid, "text", words)
        customer.messages.append(entry)
        self._world.bus.publish({"type": "customer", "id": customer.id})

    def _conversation(self, customer_id: str) -> Conversation:
        if customer_id not in self._world.customers:
            msg = f"没有这个客户：{customer_id}"
            raise NotPossibleError(msg)
        return self._world.service.conversations.setdefault(customer_id, Conversation(customer_id))

    def _held(self, userid: str, customer_id: str) -> Conversation:
        one = self._world.service.conversations.get(customer_id)
        if one is None or one.state != HUMAN or one.servicer != userid:
            msg = "这个会话不在他手里"
            raise NotPossibleError(msg)
        return one

    def _tell(self) -> None:
        desk = self._world.service
        token = self._world.mint("ENC", _TOKEN)
        desk.tokens[token] = self._world.now()
        self._postman.post(events.service(self._world, desk.open_kfid, token))
