"""The page behind a button that is a link: it shows what will happen, and a press on it is the tap.

Opening it changes nothing: chat apps look behind links by themselves. It shows a card's title and one
line, never its fields: whoever got the link forwarded must not read a customer's number. What the press
brings goes to the chat of whom the link was made for, whoever pressed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import hdrs, web

from bot.chat import links
from bot.chat.adapter import PageLogin, Recognising
from bot.chat.card import Button, Card
from bot.chat.inbound import PRIVATE, Accepted, Tap
from bot.chat.links import Token
from bot.crm.commands import ClaimLead
from bot.errors import BotError, StoreBusyError, UnitTooSlowError
from bot.kit.clock import Monotonic
from bot.kit.ids import token as new_token
from bot.store import Tx, outbox
from bot.store import links as linked
from bot.store.buttons import open_button
from bot.store.links import LinkedCard
from bot.web.body import BadBodyError, read_body
from bot.web.limit import Limit, Verdict, sender
from bot.web.pages import act_texts as texts
from bot.web.pages.page import page
from bot.web.site import Site

_log = structlog.get_logger()
#: Presses and looks from one sender in a minute; an office behind one address stays below it.
PER_MINUTE = 120
#: Our own page's mark on a press: a second press of the same page does nothing twice.
REQUEST, CODE = "_request", "_code"
_MOST_REQUEST, _MOST_CODE = 64, 256
#: Keeps a tap and carries it out at once if nothing stands before it.
AtOnce = Callable[[Accepted], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _View:
    """A genuine link, and its card as it stands."""

    token: Token
    card: LinkedCard
    command: object
    face: Card
    #: None if the card offers it no more.
    button: Button | None


@dataclass(frozen=True, slots=True)
class Question:
    """A choice on the page: one of its options, or several."""

    key: str
    title: str
    options: tuple[tuple[str, str], ...]
    selected: tuple[str, ...]
    #: select, radio or checkbox.
    kind: str


class ActionPages:
    """Pages that stand for a button of one card."""

    def __init__(
        self,
        site: Site,
        *,
        at_once: AtOnce,
        monotonic: Monotonic,
        recognising: Mapping[str, Recognising] | None = None,
    ) -> None:
        self._site = site
        self._at_once = at_once
        self._limit = Limit(monotonic, most=PER_MINUTE, within=60)
        self._recognising = recognising or {}

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        path = f"{links.PATH}{{token}}"
        return [
            web.get(path, self.show),
            web.post(path, self.press),
            web.get(path + "/{press}", self.tell),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """What a press would do; nothing happens by looking."""
        return await self._guarded(request, self._shown)

    async def press(self, request: web.Request) -> web.Response:
        """Carry it out as a tap on the card."""
        return await self._guarded(request, self._pressed)

    async def tell(self, request: web.Request) -> web.Response:
        """What came of a press."""
        return await self._guarded(request, self._told)

    async def _guarded(
        self, request: web.Request, answer: Callable[[web.Request, _View], Awaitable[web.Response]]
    ) -> web.Response:
        if self._limit.take(sender(request)) is not Verdict.OPEN:
            return self._message(429, texts.TOO_OFTEN)
        try:
            view = await self._view(request.match_info["token"])
            if isinstance(view, str):
                return self._message(404, view)
            return await answer(request, view)
        except (StoreBusyError, UnitTooSlowError):
            return self._message(503, texts.BUSY)

    async def _view(self, text: str) -> _View | str:
        """What the link stands for; else what to say instead. Forged and foreign links are all alike."""
        token = links.token_of(text)
        if token is None:
            return texts.UNKNOWN
        async with self._site.store.read() as tx:
            return await self._read(tx, token)

    async def _read(self, tx: Tx, token: Token) -> _View | str:
        desk = self._site.desk(tx)
        card = await linked.find(tx, token.card_key)
        if card is None:
            return texts.UNKNOWN
        pressed = open_button(desk.vault, token.button, card_key=token.card_key, audience=card.audience)
        face = await outbox.drawing(desk, token.card_key)
        if pressed is None or face is None:
            return texts.UNKNOWN
        if desk.now >= card.shown_at + links.LIFE:
            return texts.EXPIRED
        button = next((one for one in face.presses if one.command == pressed.command), None)
        return _View(token, card, pressed.command, face, button)

    async def _shown(self, _request: web.Request, view: _View) -> web.Response:
        if view.button is None:
            return self._result(view.face, texts.OVER)
        login = self._login(view)
        if view.card.chat and login is None:
            return self._message(200, _in_group(view.command))
        return page(
            self._site, "act.html", card=view.face, label=view.button.label,
            questions=questions(view.face, view.button), request=new_token(self._site.random_bytes),
            login=login, bound=texts.BOUND,
            is_danger=view.button.style == "danger",
        )  # fmt: skip

    def _login(self, view: _View) -> PageLogin | None:
        """How to learn who opened it; asked only where the link itself does not say."""
        adapter = self._recognising.get(view.card.platform) if view.card.chat else None
        return None if adapter is None else adapter.page_login()

    async def _pressed(self, request: web.Request, view: _View) -> web.Response:
        if view.button is None:
            return self._result(view.face, texts.OVER)
        try:
            sent = await read_body(request)
        except BadBodyError as exc:
            return self._message(exc.status, str(exc))
        mark = sent.get(REQUEST)
        if not isinstance(mark, str) or not (
            mark.isascii() and mark.isalnum() and len(mark) <= _MOST_REQUEST
        ):
            return self._message(400, texts.UNKNOWN)
        account = await self._who(view, sent)
        if account is None:
            return self._message(200, _in_group(view.command))
        press = _press(view.token, mark, account)
        tap: Tap[object] = Tap(
            platform=view.card.platform, user_id=account, button=view.token.button,
            card_key=view.token.card_key, chat=view.card.chat or PRIVATE,
            selected=_selected(view.face, view.button, sent), at=self._site.clock(),
        )  # fmt: skip
        await self._at_once(links.accepted(tap, key=press))
        self._site.wake()
        _log.info("page.pressed", platform=view.card.platform, card=view.token.card_key)
        if view.card.chat:
            return self._message(200, texts.IN_CHAT)
        where = f"{links.PATH}{links.spelled(view.token)}/{press}"
        return web.Response(status=303, headers={hdrs.LOCATION: where, "Cache-Control": "no-store"})

    async def _who(self, view: _View, sent: Mapping[str, object]) -> str | None:
        """Whose press it is: the link's own person, or before a group whom the platform's app vouches for."""
        if not view.card.chat:
            return view.card.account
        code, adapter = sent.get(CODE), self._recognising.get(view.card.platform)
        if adapter is None or not isinstance(code, str) or not 0 < len(code) <= _MOST_CODE:
            return None
        try:
            return await adapter.recognise(code)
        except BotError as exc:
            _log.warning("page.not_recognised", platform=view.card.platform, error=type(exc).__name__)
            return None

    async def _told(self, request: web.Request, view: _View) -> web.Response:
        async with self._site.store.read() as tx:
            found = None if view.card.chat else await linked.outcome(
                self._site.desk(tx), view.token.card_key, account=view.card.account,
                platform=view.card.platform, press=request.match_info["press"],
            )  # fmt: skip
        if found is None:
            return self._message(404, texts.UNKNOWN)
        if found.state == "pending":
            return page(self._site, "act_done.html", card=None, said=texts.WORKING, waits=True)
        if found.state != "done":
            return self._result(view.face, texts.FAILED)
        return self._result(found.card or view.face, found.text or texts.IN_CHAT)

    def _result(self, card: Card, said: str) -> web.Response:
        return page(self._site, "act_done.html", card=card, said=said, waits=False)

    def _message(self, status: int, message: str) -> web.Response:
        headers = {"Retry-After": "3"} if status in (429, 503) else None
        return page(self._site, "message.html", status=status, message=message, headers=headers)


def _press(token: Token, mark: str, account: str) -> str:
    """Names a press: the same page pressed twice by one person is one press."""
    return hashlib.sha256(f"{links.spelled(token)}\n{mark}\n{account}".encode()).hexdigest()[:40]


def _in_group(command: object) -> str:
    """Where a link before a group cannot know who opened it: how to do it alone with us."""
    said = texts.CLAIM.format(lead_id=command.lead_id) if isinstance(command, ClaimLead) else ""
    return texts.IN_GROUP.format(said=said) if said else texts.ALONE


def questions(card: Card, button: Button) -> tuple[Question, ...]:
    """What the card asks before this button is pressed; ways out ask nothing."""
    if card.is_asking and button != card.presses[0]:
        return ()
    asked = ((card.choice,) if card.choice is not None else ()) + card.questions
    found = [
        Question(one.key, one.title, one.options, (one.selected,) if one.selected else (), "select")
        for one in asked
    ]
    if card.poll is not None:
        kind = "checkbox" if card.poll.many else "radio"
        found.append(Question(card.poll.key, "", card.poll.options, card.poll.ticked, kind))
    return tuple(found)


def _selected(card: Card, button: Button, sent: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """What was chosen: only what the card offers, and one alone where one alone can be chosen."""
    chosen: dict[str, tuple[str, ...]] = {}
    for one in questions(card, button):
        offered = {option for option, _ in one.options}
        values = [value for value in _several(sent.get(one.key)) if value in offered]
        if values:
            chosen[one.key] = tuple(values if one.kind == "checkbox" else values[:1])
    return chosen


def _several(value: object) -> Sequence[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]
