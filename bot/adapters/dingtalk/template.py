"""What our card template has to be: its variables, its parts, and what a press on it sends back.

A template is made by hand in DingTalk's card builder, step by step in docs/dingtalk-card.md, and its
id goes into LEADBELL_DINGTALK__CARD_TEMPLATE_ID. All values are texts; an empty one hides its part.
Never tried against the real platform.
https://open.dingtalk.com/document/development/instructions-for-filling-in-api-card-data
"""

from __future__ import annotations

from typing import Final

#: Above and in the body: source, title, note, the big figure and its label, the fields, the paragraph.
SOURCE: Final = "source"
TITLE: Final = "title"
NOTE: Final = "note"
FIGURE: Final = "figure"
FIGURE_LABEL: Final = "figure_label"
#: Markdown: one field to a line, bold label.
FIELDS: Final = "fields"
TEXT: Final = "text"
PICTURE: Final = "picture"
#: Where a press on the body leads.
URL: Final = "url"

#: Buttons come in slots: `button1_text` … with what each of them does beside it.
BUTTONS: Final = 6
MENU: Final = 3
#: `{slot}_text` is the label; empty hides the button.
BUTTON: Final = "button{n}"
ENTRY: Final = "menu{n}"
#: The sealed command, sent back as the parameter `button` of the action.
SEAL_SUFFIX: Final = "_seal"
TEXT_SUFFIX: Final = "_text"
#: Where a button leads that is a link; then its seal is empty.
URL_SUFFIX: Final = "_url"
#: `primary`, `default`, `danger`.
STYLE_SUFFIX: Final = "_style"

#: One drop-down or list above the buttons: JSON `[{"value": id, "text": label}, …]`.
CHOICES: Final = 3
CHOICE: Final = "choice{n}"
OPTIONS_SUFFIX: Final = "_options"
SELECTED_SUFFIX: Final = "_selected"
KEY_SUFFIX: Final = "_key"
#: `one` or `many`.
KIND_SUFFIX: Final = "_kind"

#: Id of the one action that every pressed button sends («回传请求»).
ACTION: Final = "press"
#: Its parameters: the sealed command, where the card hangs, and what was chosen.
PARAM_BUTTON: Final = "button"
PARAM_CHAT: Final = "chat"
PARAM_FORM: Final = "form"
#: The group in which the card hangs, empty in somebody's own chat: rides along as PARAM_CHAT.
CHAT: Final = "chat"

#: Bytes of a key and of a value.
KEY_BYTES: Final = 100
VALUE_BYTES: Final = 1024


def slots() -> tuple[str, ...]:
    """Name every slot that can be pressed, buttons first."""
    buttons = tuple(BUTTON.format(n=n) for n in range(1, BUTTONS + 1))
    return buttons + tuple(ENTRY.format(n=n) for n in range(1, MENU + 1))


def variables() -> tuple[str, ...]:
    """Name every variable of the template; each of them may be public or private."""
    parts = (SOURCE, TITLE, NOTE, FIGURE, FIGURE_LABEL, FIELDS, TEXT, PICTURE, URL, CHAT)
    pressed = tuple(
        f"{slot}{suffix}"
        for slot in slots()
        for suffix in (TEXT_SUFFIX, SEAL_SUFFIX, URL_SUFFIX, STYLE_SUFFIX)
    )
    chosen = tuple(
        f"{CHOICE.format(n=n)}{suffix}"
        for n in range(1, CHOICES + 1)
        for suffix in (TEXT_SUFFIX, KEY_SUFFIX, KIND_SUFFIX, OPTIONS_SUFFIX, SELECTED_SUFFIX)
    )
    return parts + pressed + chosen
