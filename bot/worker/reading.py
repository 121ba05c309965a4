"""From what a platform brought to what it asks for: who it was, and which command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.inbound import (
    PRIVATE,
    Asked,
    CustomerAdded,
    CustomerLeft,
    DirectoryChanged,
    Entered,
    Inbound,
    Media,
    MemberLeft,
    MenuPressed,
    Message,
    Noted,
    Tap,
    Unknown,
)
from bot.crm import phrases
from bot.crm.commands import ShowHelp
from bot.crm.import_commands import ImportFile
from bot.crm.signals import (
    CustomerHasAdded,
    CustomerHasLeft,
    MemberHasEntered,
    MemberHasLeft,
    MemberIsRenamed,
)
from bot.crm.user import SYSTEM, User
from bot.store import dialogues, sending, users
from bot.store.buttons import Pressed, open_button
from bot.store.desk import Desk

#: Why words of somebody whom the address book does not have are refused.
NOT_A_MEMBER = "not_a_member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command and who asked for it."""

    command: object
    actor: User
    account: str = ""
    platform: str = ""
    chat: str = PRIVATE
    #: The pressed card; empty when nothing was pressed.
    card_key: str = ""
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Not to be carried out; `reason` is counted."""

    name: str
    reason: str
    #: The account that pressed; empty where nothing was pressed.
    pressed_by: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Understood or kept, and nothing to do."""

    name: str
    #: done, or unknown when we could not name it.
    state: str = "done"


async def read(desk: Desk, inbound: Inbound) -> Request | Refused | Nothing:
    """Say what is asked for, by whom."""
    match inbound:
        case Tap():
            return await _tap(desk, inbound)
        case Message():
            return await _message(desk, inbound)
        case MenuPressed(platform=platform, user_id=account, key=key):
            return await _from(desk, platform, account, phrases.menu(key), name=f"menu:{key}")
        case Media(kind="file", platform=platform, user_id=account, chat=chat):
            command = ImportFile(inbound.text, inbound.media_id, inbound.key)
            return await _from(desk, platform, account, command, name="media:file", chat=chat)
        case Media(platform=platform, user_id=account, kind=kind, chat=chat):
            return await _from(desk, platform, account, ShowHelp("media"), name=f"media:{kind}", chat=chat)
        case _:
            return _event(inbound)


def _event(inbound: Inbound) -> Request | Nothing:
    match inbound:
        case Noted(name=name):
            return Nothing(name)
        case Asked(command=command):
            return Request(command=command, actor=SYSTEM)
        case Unknown(name=name):
            return Nothing(name, state="unknown")
        case DirectoryChanged(change=change, new_user_id=""):
            # The truth is read from the platform, by the loop that this wakes.
            return Nothing(f"directory:{change}")
        case _:
            return Request(command=_signal(inbound), actor=SYSTEM)


async def _tap(desk: Desk, tap: Tap[object]) -> Request | Refused:
    pressed, chat = _opened(desk, tap)
    if pressed is None:
        return Refused("button", "forged", pressed_by=tap.user_id)
    actor = await users.by_login(desk.tx, tap.platform, tap.user_id)
    if actor is None or not actor.active:
        return Refused("button", NOT_A_MEMBER, pressed_by=tap.user_id)
    await sending.prove_live(desk.tx, tap.card_key)
    await sending.add_code(desk.tx, tap.card_key, tap.update_code, now=desk.now, life=tap.code_life)
    return Request(
        command=pressed.command, actor=actor, account=tap.user_id, platform=tap.platform, chat=chat,
        card_key=tap.card_key, selected=tap.selected,
    )  # fmt: skip


def _opened(desk: Desk, tap: Tap[object]) -> tuple[Pressed | None, str]:
    """The button and before whom it was pressed: what a group's card shows to one alone is his own chat's."""
    pressed = None
    if tap.chat != PRIVATE:
        group = f"{tap.platform}:{tap.chat}"
        pressed = open_button(desk.vault, tap.button, card_key=tap.card_key, audience=group)
    if pressed is not None:
        return pressed, tap.chat
    own = f"{tap.platform}:{tap.user_id}"
    return open_button(desk.vault, tap.button, card_key=tap.card_key, audience=own), PRIVATE


async def _message(desk: Desk, message: Message) -> Request | Refused:
    actor = await users.by_login(desk.tx, message.platform, message.user_id)
    if actor is None or not actor.active:
        return Refused("message", NOT_A_MEMBER)
    dialogue = None if message.chat != PRIVATE else await dialogues.find(desk, actor.id)
    if dialogue is None:
        # Whoever only calls the robot's name wants to know what he can say.
        command = phrases.parse(message.text) if message.text.strip() else ShowHelp()
    else:
        command = phrases.answer(dialogue.kind, dialogue.state, message.text)
        await dialogues.close(desk.tx, actor.id)
    return Request(
        command=command, actor=actor, account=message.user_id, platform=message.platform, chat=message.chat
    )


async def _from(
    desk: Desk, platform: str, account: str, command: object | None, *, name: str, chat: str = PRIVATE
) -> Request | Refused | Nothing:
    actor = await users.by_login(desk.tx, platform, account)
    if actor is None or not actor.active:
        return Refused(name, NOT_A_MEMBER)
    return Nothing(name, state="unknown") if command is None else Request(
        command=command, actor=actor, account=account, platform=platform, chat=chat
    )  # fmt: skip


def _signal(inbound: Inbound) -> object:
    match inbound:
        case Entered(platform=platform, user_id=account, subscribed=subscribed):
            return MemberHasEntered(platform, account, "yes" if subscribed else "")
        case MemberLeft(platform=platform, user_id=account):
            return MemberHasLeft(platform, account)
        case DirectoryChanged(platform=platform, user_id=account, new_user_id=new):
            return MemberIsRenamed(platform, account, new)
        case CustomerAdded():
            return CustomerHasAdded(
                inbound.platform, inbound.user_id, inbound.external_id, inbound.state, inbound.welcome_code,
                "yes" if inbound.half else "", "" if inbound.at is None else inbound.at.isoformat(),
            )  # fmt: skip
        case CustomerLeft(platform=platform, user_id=account, external_id=external, by_customer=by_customer):
            return CustomerHasLeft(platform, account, external, "yes" if by_customer else "")
        case _:
            msg = f"no command for {type(inbound).__name__}"
            raise TypeError(msg)
