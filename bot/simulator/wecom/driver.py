"""Plays a running simulator from a test or a script, in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom.company import new_customer
from bot.simulator.wecom.hands import Hands
from bot.simulator.wecom.model import Customer, CustomerMessage, Follow, Json, Message, Person
from bot.simulator.wecom.taps import button_keys


class Driver:
    """People by their ids, buttons by what is written on them."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.world = hands.world

    async def say(self, userid: str, words: str) -> bool:
        """Write to the app; True once the app has taken it."""
        return await self.hands.members.write(userid, words)

    async def send_file(self, userid: str, name: str, data: bytes) -> bool:
        """Send a file to the app; True once the app has taken it."""
        return await self.hands.members.send_file(
            userid, kind="file", name=name, content_type="application/octet-stream", data=data
        )

    async def enter(self, userid: str) -> bool:
        """Open the app."""
        return await self.hands.members.enter(userid)

    async def press_menu(self, userid: str, key: str) -> bool:
        """Press a menu button by its key or name."""
        return await self.hands.members.press_menu(userid, key)

    async def tap(
        self,
        userid: str,
        button: str,
        *,
        selected: Mapping[str, Sequence[str]] | None = None,
        on: Message | None = None,
    ) -> bool:
        """Tap a button, by its text or key, on the youngest card that has it; True once taken."""
        message, key = self.find_button(userid, button) if on is None else (on, _key(on, button))
        return await self.hands.members.tap(userid, message.id, key or button, selected)

    def find_button(self, userid: str, button: str) -> tuple[Message, str]:
        """The youngest card with a live button of that text or key."""
        for message in reversed(self.messages(userid)):
            key = _key(message, button)
            if key is not None:
                return message, key
        msg = f"no live button {button!r} in {userid}'s chat"
        raise NotPossibleError(msg)

    def messages(self, userid: str) -> list[Message]:
        """One member's chat with the app, oldest first."""
        person = self.world.find_person(userid)
        return list(person.messages) if person else []

    def texts(self, userid: str) -> list[str]:
        """What the app said to a member in words, oldest first."""
        return [m.text for m in self.messages(userid) if m.sender == "app" and m.text]

    def cards(self, userid: str) -> list[Json]:
        """The template cards in a member's chat as they look now, oldest first."""
        return [m.card for m in self.messages(userid) if m.kind == "card" and m.card is not None]

    def hire(self, name: str, department: str, *, userid: str | None = None) -> Person:
        """Somebody joins a department, given by its name."""
        number = next(d.id for d in self.world.departments.values() if d.name == department)
        return self.hands.admin.hire(name, department_id=number, userid=userid)

    def dismiss(self, userid: str) -> None:
        """Somebody leaves."""
        self.hands.admin.dismiss(userid)

    def meet(self, name: str) -> Customer:
        """Somebody new on WeChat."""
        return new_customer(self.world, name)

    def scan(self, customer: Customer, config_id: str, *, userid: str | None = None) -> Follow:
        """A customer scans a 「联系我」 code."""
        return self.hands.customers.scan(customer.id, self.world.ways[config_id], userid=userid)

    def customer_messages(self, customer: Customer) -> list[CustomerMessage]:
        """A customer's WeChat, oldest first."""
        return list(customer.messages)

    async def settled(self) -> None:
        """Wait until every callback was delivered or given up."""
        await self.hands.postman.idle()
        await self.hands.robot.courier.idle()

    async def until(self, is_so: Callable[[], object], *, within: float = 5.0) -> None:
        """Wait until `is_so` holds, looking again after each thing that happens; TimeoutError otherwise."""
        with self.world.bus.watch() as happened:
            async with asyncio.timeout(within):
                while not is_so():
                    await happened.get()


def _key(message: Message, button: str) -> str | None:
    card = message.card
    if card is None or message.kind != "card":
        return None
    menu = (card.get("action_menu") or {}).get("action_list") or []
    live = (
        []
        if card.get("replace_text")
        else [*(card.get("button_list") or []), card.get("submit_button") or {}]
    )
    keys = {entry["key"] for entry in menu} | (set(button_keys(card)) if live else set())
    for entry in (*live, *menu):
        if entry.get("key") in keys and button in (entry.get("text"), entry.get("key")):
            return str(entry["key"])
    return None
