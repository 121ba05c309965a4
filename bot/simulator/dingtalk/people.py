"""What a member does in the client: write, tap, be through with a to-do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.dingtalk import cards, pushes, views
from bot.simulator.dingtalk.api.media import keep
from bot.simulator.dingtalk.courier import Courier
from bot.simulator.dingtalk.model import Entry, Group, Json, Person
from bot.simulator.dingtalk.world import World

_DOWNLOAD_LETTERS = 32
#: These reach the robot in the chat of two alone.
_SINGLE_ONLY = {"audio", "video", "file"}


class MemberHands:
    """Plays the members; what they say to the robot, and their taps, are pushed to the app."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    def find(self, userid: str) -> Person:
        """The member who acts."""
        person = self._world.people.get(userid)
        if person is None:
            msg = f"钉钉里没有这个成员：{userid}"
            raise NotPossibleError(msg)
        return person

    def group(self, group_id: str, userid: str) -> Group:
        """A group he is in."""
        group = self._world.groups.get(group_id)
        if group is None or userid not in group.members or group.disbanded:
            msg = f"不在这个群里：{group_id}"
            raise NotPossibleError(msg)
        return group

    def chat(self, userid: str, group_id: str) -> Person | Group:
        """His chat with the robot, or a group."""
        return self.group(group_id, userid) if group_id else self.find(userid)

    def write(self, userid: str, words: str, *, group_id: str = "") -> asyncio.Task[bool] | None:
        """Write to the robot; in a group it hears only what mentions it (None: nobody was told)."""
        person, chat = self.find(userid), self.chat(userid, group_id)
        self._world.show(chat, self._world.entry(userid, "text", text=words))
        mention = f"@{self._world.app.name}"
        if isinstance(chat, Group):
            if mention not in words or not chat.has_robot:
                return None
            # The mention is cut out; what is left keeps its space.
            words = words.replace(mention, "", 1)
        push = pushes.message(
            self._world, person, "text", {"content": words}, group=chat if isinstance(chat, Group) else None
        )
        return self._courier.post(push)

    def send(self, userid: str, kind: str, content: Json, *, group_id: str = "") -> asyncio.Task[bool]:
        """Send anything else, such as richText or audio, with the content that the platform would give it."""
        person, chat = self.find(userid), self.chat(userid, group_id)
        if group_id and kind in _SINGLE_ONLY:
            msg = f"群里的机器人收不到这种消息：{kind}"
            raise NotPossibleError(msg)
        self._world.show(chat, self._world.entry(userid, "text", text=f"[{kind}]"))
        group = chat if isinstance(chat, Group) else None
        return self._courier.post(pushes.message(self._world, person, kind, content, group=group))

    def send_file(
        self, userid: str, *, kind: str, name: str, content_type: str, data: bytes
    ) -> asyncio.Task[bool]:
        """Send a picture or a file in the chat of two."""
        person = self.find(userid)
        media = keep(self._world, kind, name, content_type, data)
        code = self._world.mint("", _DOWNLOAD_LETTERS)
        self._world.downloads[code] = media.media_id
        url = f"{self._world.base_url}/sim/dingtalk/media/{media.media_id.lstrip('@')}"
        is_picture = kind == "image"
        self._world.show(
            person, self._world.entry(userid, "image" if is_picture else "file", text=name, body={"url": url})
        )
        content: Json = {"downloadCode": code} | ({} if is_picture else {"fileName": name})
        return self._courier.post(
            pushes.message(self._world, person, "picture" if is_picture else "file", content)
        )

    def tap(
        self,
        userid: str,
        entry_id: str,
        slot: str,
        chosen: Mapping[str, Sequence[str]] | None = None,
        *,
        group_id: str = "",
    ) -> asyncio.Task[bool]:
        """Tap a button of a card as this person sees it; it turns until the app has answered."""
        person, chat = self.find(userid), self.chat(userid, group_id)
        entry = _card_entry(chat, entry_id)
        card = self._world.cards[entry.out_track_id]
        template = self._world.templates[card.template]
        seen = card.seen_by(userid)
        action, params = views.press(template, seen, slot, chosen or {})
        if not card.callback_type:
            msg = "这张卡片没有登记回调（callbackType）"
            raise NotPossibleError(msg)
        space = f"IM_GROUP.{group_id}" if group_id else f"IM_ROBOT.{userid}"
        push = pushes.tap(self._world, card, person, space, [action], params)
        self._turn(chat, entry, userid, cards.LOADING)
        task = self._courier.post(push)
        task.add_done_callback(lambda done: self._settle(chat, entry, userid, done))
        return task

    def _settle(self, chat: Person | Group, entry: Entry, userid: str, done: asyncio.Task[bool]) -> None:
        good = not done.cancelled() and done.exception() is None and done.result()
        entry.states[userid] = cards.READY if good else cards.FAILED
        card = self._world.cards.get(entry.out_track_id)
        if card is not None:
            cards.settle(self._world, card, None)
        self._world.tell_chat(chat)

    def _turn(self, chat: Person | Group, entry: Entry, userid: str, state: str) -> None:
        entry.states[userid] = state
        self._world.tell_chat(chat)

    def read_notices(self, userid: str) -> None:
        """Open the work notices: they count as read."""
        for notice in self._world.notices.values():
            if userid in notice.sent:
                notice.read.add(userid)


def _card_entry(chat: Person | Group, entry_id: str) -> Entry:
    for entry in chat.entries:
        if entry.id == entry_id and entry.kind == "card":
            return entry
    msg = f"没有可以点的卡片：{entry_id}"
    raise NotPossibleError(msg)
