"""What a member does in the client: write, tap, open the menu, join and leave."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom import desk, events, shelf, taps
from bot.simulator.wecom.model import Json, Message, Person
from bot.simulator.wecom.postman import Postman
from bot.simulator.wecom.world import World

_SENT_WORDS = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "location": "[位置]",
    "link": "[链接]",
}


class MemberHands:
    """Plays the members; whatever they do reaches the app as a callback."""

    def __init__(self, world: World, postman: Postman) -> None:
        self._world = world
        self._postman = postman

    def find(self, userid: str) -> Person:
        """The member who acts; only one who sees the app can."""
        person = self._world.find_person(userid)
        if person is None or not self._world.is_visible(person):
            msg = f"没有这个成员，或他看不到应用：{userid}"
            raise NotPossibleError(msg)
        return person

    def write(self, userid: str, words: str) -> asyncio.Task[bool]:
        """Send a text to the app."""
        person = self.find(userid)
        self._world.show(person, self._world.new_message("me", "text", text=words))
        return self._post(person, events.message(self._world, person.userid, "text", {"Content": words}))

    def send(self, userid: str, kind: str, fields: Mapping[str, str]) -> asyncio.Task[bool]:
        """Send anything else: image, voice, video, location, link, with its XML elements."""
        person = self.find(userid)
        words = fields.get("Title") or fields.get("Label") or _SENT_WORDS.get(kind, f"[{kind}]")
        self._world.show(person, self._world.new_message("me", "text", text=words))
        return self._post(person, events.message(self._world, person.userid, kind, dict(fields)))

    def send_file(
        self, userid: str, *, kind: str, name: str, content_type: str, data: bytes
    ) -> asyncio.Task[bool]:
        """Send a picture or a file, which the app fetches by its MediaId."""
        person = self.find(userid)
        kind = "image" if kind == "image" else "file"
        media = shelf.put(self._world, kind=kind, name=name, content_type=content_type, data=data)
        card = {"media_id": media.media_id, "name": name, "url": shelf.link(self._world, media)}
        self._world.show(person, self._world.new_message("me", kind, text=name, card=card))
        fields = {"MediaId": media.media_id} | ({"PicUrl": card["url"]} if kind == "image" else {})
        return self._post(person, events.message(self._world, person.userid, kind, fields))

    def enter(self, userid: str) -> asyncio.Task[bool]:
        """Open the chat with the app."""
        person = self.find(userid)
        return self._post(person, events.app_event(self._world, person.userid, "enter_agent"))

    def press_menu(self, userid: str, key: str) -> asyncio.Task[bool]:
        """Press a menu button by its key, or by its url or name for one that opens a page."""
        person = self.find(userid)
        button = _menu_button(self._world.app.menu, key)
        kind = str(button.get("type"))
        value = str(
            button.get("url") if kind == "view" else button.get("key") or button.get("pagepath") or ""
        )
        return self._post(person, events.app_event(self._world, person.userid, kind, {"EventKey": value}))

    def tap(
        self, userid: str, message_id: str, key: str, selected: Mapping[str, Sequence[str]] | None = None
    ) -> asyncio.Task[bool]:
        """Tap a button of a card; it turns until the app changes the card or the tap fails."""
        person = self.find(userid)
        shown = _card_entry(person, message_id)
        tap = taps.read(shown, key, selected or {})
        card = self._world.cards[shown.task_id or ""]
        plain = events.card_event(
            self._world,
            person.userid,
            shown,
            key=key,
            code=desk.issue_code(self._world, card),
            selected=tap.selected,
            menu=tap.is_menu,
        )
        desk.set_state(self._world, person.userid, shown, desk.LOADING)
        task = self._post(person, plain)
        task.add_done_callback(lambda done: self._settle_tap(person, shown, done))
        return task

    def _settle_tap(self, person: Person, shown: Message, done: asyncio.Task[bool]) -> None:
        if done.cancelled() or shown.card_state != desk.LOADING:
            return
        if done.exception() is not None or not done.result():
            desk.set_state(self._world, person.userid, shown, desk.FAILED)
            return
        span = self._postman.patience.spinner.total_seconds()
        asyncio.get_running_loop().call_later(span, self._stop_spinner, person, shown)

    def _stop_spinner(self, person: Person, shown: Message) -> None:
        if shown.card_state == desk.LOADING:
            desk.set_state(self._world, person.userid, shown, desk.READY)

    def _post(self, person: Person, plain: bytes) -> asyncio.Task[bool]:
        task = self._postman.post(plain)
        task.add_done_callback(lambda done: self._tell_outcome(person.userid, done))
        return task

    def _tell_outcome(self, userid: str, done: asyncio.Task[bool]) -> None:
        taken = not done.cancelled() and done.exception() is None and done.result()
        note = "" if taken else "应用没有收下这次回调"
        self._world.bus.publish({"type": "callback", "userid": userid, "ok": taken, "note": note})


def _card_entry(person: Person, message_id: str) -> Message:
    for message in person.messages:
        if message.id == message_id and message.card is not None and message.task_id:
            return message
    msg = f"没有可以点的卡片：{message_id}"
    raise NotPossibleError(msg)


def _menu_button(menu: Sequence[Json], key: str) -> Json:
    flat: list[Json] = [sub for button in menu for sub in (button.get("sub_button") or [button])]
    for name in ("key", "url", "name"):
        for button in flat:
            if button.get(name) == key:
                return button
    msg = f"菜单里没有 {key}"
    raise NotPossibleError(msg)
