"""config/connectors/<name>.yaml: what the answers of a form tool or ad platform are called here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.crm.company import cross_check_words
from bot.crm.company.words import Days, Key, Label
from bot.kit.yaml import Path
from bot.kit.yaml_model import FaultAtError, Strict

if TYPE_CHECKING:
    from bot.crm.company.company import Company

#: A name of theirs: `field_1`, `q3`, `_widget_1529400746031`, `formDetail.您的预算`.
Theirs: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
#: Any of their forms that has no map of its own.
ANY = "*"
#: Several answers may go there; each is a line.
_LINES = "message"
#: Ways to find somebody again.
_WAYS_BACK = frozenset({"phone", "email", "external_id"})


class Translated(Strict):
    """One answer of theirs, whose values are codes."""

    field: Key
    #: Their value to ours; others stay as they are.
    values: Mapping[str, Label] = {}
    #: Words before the answer, where it is a line of the message.
    label: Label | None = None


class TheirForm(Strict):
    """How the answers of one of their forms are read."""

    #: Their number of it, `*` for any other.
    id: Theirs = ANY
    #: As it is called on cards; what they call it, if not said.
    name: Label | None = None
    #: Which of our forms it is like: whether it rings, and which consent it asks.
    form: Key
    source: Label | None = None
    campaign: Label | None = None
    fields: Mapping[Theirs, Key | Translated] = Field(min_length=1)
    #: The same for everybody who comes by it.
    constants: Mapping[Key, Label] = {}

    @model_validator(mode="after")
    def _sound(self) -> TheirForm:
        taken: dict[str, str] = {}
        for theirs, ours in self.targets():
            if ours in taken and ours != _LINES:
                msg = f"“{taken[ours]}”已经对到 {ours}，只有 message 可以由几个问题合成"
                raise FaultAtError(("fields", theirs), msg)
            taken[ours] = theirs
        if not _WAYS_BACK & set(taken):
            msg = "要有一个问题对到 phone、email 或 external_id，不然找不回这个人"
            raise FaultAtError(("fields",), msg)
        return self

    def targets(self) -> Iterator[tuple[str, str]]:
        """Their name and ours, in order."""
        for theirs, ours in self.fields.items():
            yield theirs, ours if isinstance(ours, str) else ours.field


class ConnectorMap(Strict):
    """One tool."""

    #: Payloads are kept sealed for so many days, so that a mended map can be tried on them.
    keep_days: Days = 30
    forms: tuple[TheirForm, ...] = Field(min_length=1)

    def of(self, form: str) -> TheirForm | None:
        """The map of this form of theirs."""
        exact = next((one for one in self.forms if one.id == form), None)
        return exact or next((one for one in self.forms if one.id == ANY), None)


def faults(company: Company, found: ConnectorMap) -> Iterator[tuple[Path, str]]:
    """What a map names and the other files do not know."""
    words = company.lexicon_words()
    fields = {one.key for one in company.fields.fields}
    ids = [one.id for one in found.forms]
    for index, form in enumerate(found.forms):
        at: Path = ("forms", index)
        if form.id in ids[:index]:
            yield (*at, "id"), cross_check_words.twice("表单", form.id)
        if company.form(form.form) is None:
            known = [one.id for one in company.forms.forms]
            yield (*at, "form"), cross_check_words.unknown("表单", form.form, known)
        for key, kind in (("source", "来源"), ("campaign", "活动")):
            name = getattr(form, key)
            if name is not None and name not in words[key]:
                yield (*at, key), cross_check_words.unknown(kind, name, words[key])
        for theirs, ours in form.targets():
            if ours not in fields:
                yield (*at, "fields", theirs), cross_check_words.unknown("字段", ours, fields)
        for ours in form.constants:
            if ours not in fields:
                yield (*at, "constants", ours), cross_check_words.unknown("字段", ours, fields)
