"""Cards that are answered before they are sent off: a list to tick, or up to three drop-downs.

They have one button. Other buttons of ours become last options that carry their command: whoever
chooses one presses that button. Once answered, such a card is closed in its own type: one that
became a mere notice has been seen to stay alive.
https://developer.work.weixin.qq.com/document/path/90236 and 94888
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.wecom import codes
from bot.adapters.wecom.card_parts import (
    OPTIONS_MAX,
    Json,
    Lengths,
    Pair,
    checked_key,
    figure_line,
    head,
    is_option_id,
    note_cut,
    options,
    press,
    submit,
)
from bot.adapters.wecom.card_parts import selection as drop_down
from bot.chat.card import Card, Choice, Poll

_TICKS_MAX, _QUESTIONS_MAX = 20, 3
_ONE, _MANY = 0, 1
#: Begins the id of an option that is a button; no id of ours begins so.
_WAY_OUT = "~>"
_CLOSED = "已处理"


def ask(card: Card, pairs: tuple[Pair, ...], size: Lengths) -> Json:
    """Draw a card that polls or questions."""
    if not pairs:
        codes.refuse("card", f"{card.kind}: a card that asks needs a button to send the answers off")
    ways = _ways_out(card, pairs[1:], size)
    drawn = {**head(card, size, _note(card)), "submit_button": submit(card.kind, pairs[0], size)}
    if card.poll is not None:
        return {"card_type": "vote_interaction", **drawn, **_ticks(card.kind, card.poll, ways, size)}
    return {"card_type": "multiple_interaction", **drawn, **_drop_downs(card, ways, size)}


def close(card: Card, before: Card, size: Lengths) -> Json:
    """Show `card`, which asks nothing more, in place of `before`, whose answers can no longer be changed."""
    asked: Json
    if before.poll is not None:
        asked = {"card_type": "vote_interaction", **_ticks(before.kind, before.poll, (), size)}
        asked["checkbox"]["disable"] = True
    else:
        asked = {"card_type": "multiple_interaction", **_drop_downs(before, (), size)}
        for question in asked["select_list"]:
            question["disable"] = True
    # A closed card keeps a button, which nobody can press.
    button = {"submit_button": {"text": _CLOSED, "key": _CLOSED}, "replace_text": _CLOSED}
    return {**asked, **head(card, size, _note(card)), **button}


def way_out(selected: Mapping[str, tuple[str, ...]]) -> str:
    """Give the sealed command of the button that was chosen as an option; empty if none was."""
    chosen = (option for ids in selected.values() for option in ids)
    return next((one.removeprefix(_WAY_OUT) for one in chosen if one.startswith(_WAY_OUT)), "")


def _note(card: Card) -> str:
    """Join into one line what these cards have no place for."""
    fields = [f"{field.label}：{field.value}" for field in card.fields]
    parts = (card.note, figure_line(card), *fields, card.text)
    return " · ".join(" ".join(part.split()) for part in parts if part)


def _ways_out(card: Card, pairs: tuple[Pair, ...], size: Lengths) -> tuple[tuple[str, str], ...]:
    found = [
        (f"{_WAY_OUT}{drawn['key']}", str(drawn["text"]))
        for drawn in (press(card.kind, pair, size) for pair in pairs)
        if "key" in drawn and is_option_id(f"{_WAY_OUT}{drawn['key']}")
    ]
    note_cut(card.kind, "ways out", len(pairs), len(found))
    return tuple(found)


def _ticks(kind: str, poll: Poll, ways: tuple[tuple[str, str], ...], size: Lengths) -> Json:
    room = _TICKS_MAX - len(ways)
    note_cut(kind, "options", len(poll.options), room)
    given = (*poll.options[:room], *ways)
    ticked = set(poll.ticked if poll.many else poll.ticked[:1])
    drawn = [{**one, "is_checked": one["id"] in ticked} for one in options(kind, given, size.tick)]
    return {
        "checkbox": {
            "question_key": checked_key(kind, poll.key),
            "mode": _MANY if poll.many else _ONE,
            "option_list": drawn,
        }
    }


def _drop_downs(card: Card, ways: tuple[tuple[str, str], ...], size: Lengths) -> Json:
    questions = card.questions
    if len(questions) > _QUESTIONS_MAX:
        codes.refuse("card", f"{card.kind}: at most {_QUESTIONS_MAX} questions, not {len(questions)}")
    if len({one.key for one in questions}) != len(questions):
        codes.refuse("card", f"{card.kind}: two questions with one key")
    first = questions[0]
    room = OPTIONS_MAX - len(ways)
    note_cut(card.kind, "options", len(first.options), room)
    widened = Choice(first.key, first.title, (*first.options[:room], *ways), first.selected)
    return {"select_list": [drop_down(one, card.kind, size) for one in (widened, *questions[1:])]}
