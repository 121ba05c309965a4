"""What members do with the robot in the client: enter, write, mention, send, tap, judge, make groups."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom import desk, taps
from bot.simulator.wecom.model import Json, Message, Person
from bot.simulator.wecom.robot import answers, callbacks, downloads, quotas, shown
from bot.simulator.wecom.robot.courier import Courier
from bot.simulator.wecom.robot.line import Line
from bot.simulator.wecom.robot_model import ROBOT, SYSTEM, Conversation, Interaction, Post
from bot.simulator.wecom.world import World

SINGLE = "single"
_GROUP_ID_LETTERS = 30
_QUOTE_LETTERS = 60
_OFFLINE = "机器人没有连接，这条消息它没有收到"
_OPINIONS = frozenset({1, 2, 3})


class RobotHands:
    """Plays the members in the robot's chats; `chat` is SINGLE or the id of a group."""

    def __init__(self, world: World, line: Line, courier: Courier, *, spinner: float) -> None:
        self._world = world
        self.line = line
        self.courier = courier
        #: Seconds that a tapped card turns when the robot changes nothing.
        self._spinner = spinner

    def found_group(self, name: str, members: Sequence[str], *, chat_id: str | None = None) -> Conversation:
        """Make a group of members with the robot in it."""
        known = [self._person(userid).userid for userid in members]
        identity = chat_id or self._world.mint("wr", _GROUP_ID_LETTERS)
        if len(set(known)) < 2 or identity in self._world.robot.conversations:  # noqa: PLR2004 - two make a group
            msg = "群里至少要有两个人，群号不能重复"
            raise NotPossibleError(msg)
        group = Conversation(identity, name, list(dict.fromkeys(known)), is_group=True)
        self._world.robot.conversations[identity] = group
        shown.post(self._world, group, SYSTEM, "event", text=f"{self._world.robot.name}机器人已加入群聊")
        self._world.bus.publish({"type": "world"})
        return group

    def enter(self, userid: str) -> asyncio.Task[bool] | None:
        """Open the chat of two; the robot hears of it on the first time of a day."""
        person, today = self._person(userid), quotas.local_day(self._world.now())
        if self._world.robot.entered.get(person.userid) == today:
            return None
        self._world.robot.entered[person.userid] = today
        chat = self._world.robot.with_member(person.userid)
        body = callbacks.event(self._world, chat, person.userid, "enter_chat")
        return self.courier.send(body, self._asked(answers.ENTER, chat, person.userid))

    def write(
        self, userid: str, words: str, *, chat: str = SINGLE, quote: str | None = None
    ) -> asyncio.Task[bool] | None:
        """Write a text; None in a group where it neither mentions nor quotes the robot: it hears nothing."""
        there = self.chat(userid, chat)
        quoted = self._entry(there, quote) if quote else None
        entry = shown.post(
            self._world, there, userid, "text", text=words, quote=_short(quoted) if quoted else ""
        )
        to_robot = f"@{self._world.robot.name}" in words or (quoted is not None and quoted.sender == ROBOT)
        if there.is_group and not to_robot:
            return None
        quoted_body = {"msgtype": "text", "text": {"content": _short(quoted)}} if quoted else None
        body = callbacks.message(self._world, there, userid, "text", {"content": words}, quote=quoted_body)
        return self._spoken(there, entry, body)

    def send_file(
        self, userid: str, *, kind: str, name: str, content_type: str, data: bytes
    ) -> asyncio.Task[bool]:
        """Send a picture, a file or a video, in the chat of two: groups carry none to the robot."""
        if kind not in {"image", "file", "video"}:
            msg = f"不能发送这种内容：{kind}"
            raise NotPossibleError(msg)
        there = self.chat(userid, SINGLE)
        download = downloads.offer(self._world, name=name, content_type=content_type, data=data)
        url = f"{self._world.base_url}/sim/robot/shown/{download.id}"
        show_as = "image" if kind == "image" else "file"
        entry = shown.post(self._world, there, userid, show_as, text=name, card={"name": name, "url": url})
        body = callbacks.message(self._world, there, userid, kind, downloads.part(self._world, download))
        return self._spoken(there, entry, body)

    def speak(self, userid: str, words: str) -> asyncio.Task[bool]:
        """Send a voice message, which arrives as the words that were understood."""
        there = self.chat(userid, SINGLE)
        entry = shown.post(self._world, there, userid, "text", text=f"[语音] {words}")
        body = callbacks.message(self._world, there, userid, "voice", {"content": words})
        return self._spoken(there, entry, body)

    def send_mixed(
        self, userid: str, words: str, pictures: Sequence[tuple[str, bytes]], *, chat: str = SINGLE
    ) -> asyncio.Task[bool] | None:
        """Send words with pictures (name, bytes) in one message; in a group it must mention the robot."""
        there = self.chat(userid, chat)
        items: list[Json] = [{"msgtype": "text", "text": {"content": words}}]
        for name, data in pictures:
            one = downloads.offer(self._world, name=name, content_type="image/png", data=data)
            items.append({"msgtype": "image", "image": downloads.part(self._world, one)})
        entry = shown.post(self._world, there, userid, "text", text=f"{words} [图片×{len(pictures)}]")
        if there.is_group and f"@{self._world.robot.name}" not in words:
            return None
        body = callbacks.message(self._world, there, userid, "mixed", {"msg_item": items})
        return self._spoken(there, entry, body)

    def tap(
        self,
        userid: str,
        post_id: str,
        key: str,
        selected: Mapping[str, Sequence[str]] | None = None,
        *,
        chat: str = SINGLE,
    ) -> asyncio.Task[bool]:
        """Tap a button; it turns until the robot changes the card, or fails at once if nobody hears it."""
        there = self.chat(userid, chat)
        entry = self._entry(there, post_id)
        card = entry.card_for(userid)
        if card is None or entry.task_id is None:
            msg = f"没有可以点的卡片：{post_id}"
            raise NotPossibleError(msg)
        as_message = Message(entry.id, entry.at, ROBOT, "card", card=card, task_id=entry.task_id)
        tap = taps.read(as_message, key, selected or {})
        body = callbacks.click(self._world, there, userid, entry, key=key, selected=tap.selected)
        shown.set_state(self._world, there, entry, userid, desk.LOADING)
        asked = self._asked(answers.CLICK, there, userid, entry)
        task = self.courier.send(body, asked)
        task.add_done_callback(lambda done: self._settle_tap(there, entry, userid, done))
        return task

    def judge(self, userid: str, post_id: str, opinion: int, *, chat: str = SINGLE) -> asyncio.Task[bool]:
        """Say that an answer was good (1) or bad (2), or take that back (3)."""
        there = self.chat(userid, chat)
        entry = self._entry(there, post_id)
        if not entry.feedback_id or opinion not in _OPINIONS:
            msg = "这条消息不能评价"
            raise NotPossibleError(msg)
        entry.feedback[userid] = 0 if opinion == 3 else opinion  # noqa: PLR2004 - 3 takes it back
        shown.tell(self._world, there)
        content: Json = {"id": entry.feedback_id, "type": opinion}
        body = callbacks.event(self._world, there, userid, "feedback_event", content)
        return self.courier.send(body, self._asked(answers.OPINION, there, userid))

    def chat(self, userid: str, chat: str) -> Conversation:
        """The chat that a person means; NotPossibleError if he is not in it."""
        person = self._person(userid)
        if chat == SINGLE:
            return self._world.robot.with_member(person.userid)
        found = self._world.robot.conversations.get(chat)
        if found is None or not found.is_group or person.userid not in found.members:
            msg = "没有这个群，或他不在群里"
            raise NotPossibleError(msg)
        return found

    def posts(self, userid: str, chat: str = SINGLE) -> list[Json]:
        """A chat as this person's phone shows it, oldest first."""
        return [shown.view(self._world, entry, userid) for entry in self.chat(userid, chat).posts]

    def _spoken(self, chat: Conversation, entry: Post, body: Json) -> asyncio.Task[bool]:
        chat.spoken_at, chat.replies = self._world.now(), 0
        task = self.courier.send(body, self._asked(answers.MESSAGE, chat, entry.sender))
        task.add_done_callback(lambda done: self._tell_loss(chat, done))
        return task

    def _tell_loss(self, chat: Conversation, done: asyncio.Task[bool]) -> None:
        if not done.cancelled() and not done.exception() and not done.result():
            shown.post(self._world, chat, SYSTEM, "event", text=_OFFLINE)

    def _settle_tap(self, chat: Conversation, entry: Post, userid: str, done: asyncio.Task[bool]) -> None:
        if done.cancelled() or entry.states.get(userid) != desk.LOADING:
            return
        if done.exception() is not None or not done.result():
            shown.set_state(self._world, chat, entry, userid, desk.FAILED)
            return
        asyncio.get_running_loop().call_later(self._spinner, self._stop_spinner, chat, entry, userid)

    def _stop_spinner(self, chat: Conversation, entry: Post, userid: str) -> None:
        if entry.states.get(userid) == desk.LOADING:
            shown.set_state(self._world, chat, entry, userid, desk.READY)

    def _asked(self, kind: str, chat: Conversation, userid: str, post: Post | None = None) -> Interaction:
        return Interaction(self.line.mint_req_id(), kind, chat, userid, self._world.now(), post)

    def _entry(self, chat: Conversation, post_id: str) -> Post:
        found = next((entry for entry in chat.posts if entry.id == post_id), None)
        if found is None:
            msg = f"没有这条消息：{post_id}"
            raise NotPossibleError(msg)
        return found

    def _person(self, userid: str) -> Person:
        person = self._world.find_person(userid)
        if person is None:
            msg = f"没有这个成员：{userid}"
            raise NotPossibleError(msg)
        return person


def _short(entry: Post) -> str:
    title = (entry.card or {}).get("main_title") or {}
    return (entry.text or str(title.get("title") or ""))[:_QUOTE_LETTERS]
