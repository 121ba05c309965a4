"""企业群发 and 微信客服 over HTTP: what members send, what customers write at the desk."""

from __future__ import annotations

from aiohttp import web

from bot.simulator.common.acting import Act, reply, routes, words
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.outreach_model import SENT, GroupMessage
from bot.simulator.wecom.panel import views

_NAMES = 3


class OutreachActs:
    """Tasks of a member, conversations of the desk."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._world = hands.world

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        posts: dict[str, Act] = {
            "people/{userid}/group_messages/{msgid}/send": self.send,
            "people/{userid}/service/{id}/text": self.answer,
            "people/{userid}/service/{id}/end": self.end,
            "customers/{id}/service/enter": self.enter,
            "customers/{id}/service/text": self.say,
            "customers/{id}/service/refuse": self.refuse,
        }
        return [
            web.get("/sim/api/people/{userid}/group_messages", self.tasks),
            web.get("/sim/api/people/{userid}/service/{id}/messages", self.held),
            *routes("POST", posts),
        ]

    async def tasks(self, request: web.Request) -> web.Response:
        """A member's 群发助手: each task a card with its button, oldest first."""
        tasks = self._hands.outreach.tasks(request.match_info["userid"])
        return reply([self._card(one) for one in reversed(tasks)])

    async def held(self, request: web.Request) -> web.Response:
        """What was said in a conversation, as the member who has it sees it."""
        customer = self._world.customers.get(request.match_info["id"])
        if customer is None:
            msg = "没有这个客户"
            raise NotPossibleError(msg)
        desk = self._world.service.open_kfid
        return reply(
            [
                views.customer_message(self._world, one)
                | {"from": "me" if one.sender == "member" else customer.name}
                for one in customer.messages
                if one.userid == desk
            ]
        )

    async def send(self, request: web.Request, body: Json) -> object:
        """The member taps «send»: {but?} are customers whom he leaves out."""
        info, but = request.match_info, body.get("but")
        left_out = [str(one) for one in but] if isinstance(but, list) else []
        return self._card(self._hands.outreach.send_group(info["userid"], info["msgid"], but=left_out))

    async def answer(self, request: web.Request, body: Json) -> object:
        """The member who has a conversation writes to the customer."""
        info = request.match_info
        self._hands.outreach.answer(info["userid"], info["id"], words(body, "text"))
        return {}

    async def end(self, request: web.Request, _body: Json) -> object:
        """The member ends the conversation."""
        info = request.match_info
        self._hands.outreach.end(info["userid"], info["id"])
        return {}

    async def enter(self, request: web.Request, body: Json) -> object:
        """A customer opens the desk's chat: {scene?, scene_param?}."""
        self._hands.outreach.enter(
            request.match_info["id"],
            scene=str(body.get("scene") or "")[:32],
            scene_param=str(body.get("scene_param") or "")[:128],
        )
        return {}

    async def say(self, request: web.Request, body: Json) -> object:
        """A customer writes to the desk."""
        self._hands.outreach.say(request.match_info["id"], words(body, "text"))
        return {}

    async def refuse(self, request: web.Request, body: Json) -> object:
        """A customer shuts the desk out, or lets it in again: {refuses}."""
        self._hands.outreach.refuse(request.match_info["id"], refuses=bool(body.get("refuses")))
        return {}

    def _card(self, one: GroupMessage) -> Json:
        names = [self._name(customer_id) for customer_id in one.receivers]
        whom = f"{'、'.join(names[:_NAMES])}{' 等' if len(names) > _NAMES else ''} {len(names)} 位客户"
        card: Json = {
            "card_type": "button_interaction",
            "task_id": one.msgid,
            "main_title": {"title": "企业群发", "desc": whom},
            "sub_title_text": one.text,
            "button_list": [{"text": "发送", "style": 1, "key": one.msgid}],
        }
        if not one.is_open:
            card["replace_text"] = "已收回" if one.cancelled and one.sent_at is None else self._result(one)
        state = {"open": one.is_open, "reminders": len(one.reminders)}
        entry = {"id": one.msgid, "at": one.made_at.isoformat(), "from": "app", "kind": "card"}
        return entry | {"text": "", "card": card, "task_id": one.msgid, "card_state": "ready"} | state

    def _result(self, one: GroupMessage) -> str:
        statuses = [status for status, _ in one.receivers.values()]
        return f"已发送，送达 {statuses.count(SENT)}/{len(statuses)}"

    def _name(self, customer_id: str) -> str:
        found = self._world.customers.get(customer_id)
        return found.name if found is not None else customer_id
