"""What a push or a mail says, before anything is done with it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.crm.company import Company
from bot.crm.company.connectors import TheirForm, Translated
from bot.crm.company.forms import Form
from bot.crm.connector import Brought, Connector, NoLead
from bot.intake.clean.came_by import CLICK_IDS, query_of
from bot.intake.clean.form import Enquiry, FieldError, read
from bot.intake.clean.text import line
from bot.kit.pushed import digest

#: Why something failed: people can mend the map, and try it again.
UNREADABLE, NO_MAP, NO_FORM = "unreadable", "no_map", "no_form"
#: Of what a tool calls its lead and its form.
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Ready:
    """A lead to be taken."""

    key: str
    form: str
    enquiry: Enquiry
    #: Fields whose values were no good and stay behind; what was sent is kept.
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """Not to be mapped as things are."""

    key: str
    reason: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Never a lead."""

    key: str
    reason: str


def read_push(company: Company, door: str, connector: Connector, body: bytes) -> Ready | Failed | Skipped:
    """Read a push by the tool's own file, and map it by ours."""
    try:
        found = connector.read(body)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Whatever a tool may send one day: kept, named, and tried again when its file is mended.
        return Failed(f"body:{digest(body)}", UNREADABLE)
    if isinstance(found, NoLead):
        return Skipped(f"none:{found.key}", _name(found.reason))
    named = replace(found, key=_key(found.key), form=_name(found.form), form_name=_name(found.form_name))
    return mapped(company, door, connector.title, named)


def _key(key: str) -> str:
    """What an index takes: nothing invisible, and not a whole page."""
    return key if key.isprintable() and len(key) <= _MOST_NAME else f"key:{digest(key.encode())}"


def _name(text: str) -> str:
    return line(text)[:_MOST_NAME]


def mapped(company: Company, door: str, title: str, found: Brought) -> Ready | Failed:
    """Give their answers our names, by the map of their form."""
    chart = company.connectors.get(door)
    theirs = chart.of(found.form) if chart else None
    if theirs is None:
        return Failed(found.key, NO_MAP, found.form)
    form = company.form(theirs.form)
    if form is None:
        return Failed(found.key, NO_FORM, found.form)
    named = theirs.name or found.form_name.strip()[:40] or title
    change = {"name": named, "source": theirs.source or form.source}
    form = form.model_copy(update={**change, "campaign": theirs.campaign or form.campaign})
    sent = _ours(theirs, found)
    enquiry, dropped = _lenient(company, form, sent)
    if not isinstance(enquiry, Enquiry):
        return Failed(found.key, f"fields:{','.join(sorted({one.field for one in enquiry}))}", found.form)
    whole = {
        **_came_by(found),
        **sent,
        "connector": door,
        "their_form": found.form,
        "theirs": dict(found.fields),
    }
    return Ready(found.key, found.form, replace(enquiry, sent=whole), dropped)


def _came_by(found: Brought) -> dict[str, object]:
    """Page and click ids, from an address among their answers or under their own names."""
    told: dict[str, object] = {}
    for name, value in found.fields.items():
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            told.setdefault("_page", value)
            told |= {
                key: one for key, one in query_of(value).items() if key in CLICK_IDS or key.startswith("utm_")
            }
        elif name in CLICK_IDS and value:
            told[name] = str(value)
    return told


def _ours(theirs: TheirForm, found: Brought) -> dict[str, object]:
    sent: dict[str, object] = dict(theirs.constants)
    lines: list[str] = []
    for name, target in theirs.fields.items():
        value = found.fields.get(name)
        if value is None or value in ("", []):
            continue
        ours, value = _translated(target, value)
        if ours == "message":
            label = target.label if isinstance(target, Translated) else None
            lines.append(f"{label}：{_text(value)}" if label else _text(value))
        else:
            sent[ours] = value
    if lines:
        sent["message"] = "\n".join(lines)
    return sent


def _translated(target: str | Translated, value: object) -> tuple[str, object]:
    if isinstance(target, str):
        return target, value
    if isinstance(value, list):
        return target.field, [target.values.get(str(one), str(one)) for one in value]
    return target.field, target.values.get(str(value), value) if target.values else value


def _text(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _lenient(
    company: Company, form: Form, sent: dict[str, object]
) -> tuple[Enquiry | tuple[FieldError, ...], tuple[str, ...]]:
    """Read it; what is wrong with one answer must not cost the lead, as long as a way back is left."""
    cut = {key: _cut(company, key, value) for key, value in sent.items()}
    found = read(company, form, cut, insist=False)
    if isinstance(found, Enquiry):
        return found, ()
    wrong = tuple(sorted({one.field for one in found}))
    again = read(company, form, {key: value for key, value in cut.items() if key not in wrong}, insist=False)
    return (again, wrong) if isinstance(again, Enquiry) else (found, ())


def _cut(company: Company, key: str, value: object) -> object:
    """Nobody corrects an answer that is too long any more; the whole is kept with the submission."""
    field = company.fields.get(key)
    if field is None or field.type != "text":
        return value
    text = _text(value)
    return text[: field.max_length] if field.max_length else text
