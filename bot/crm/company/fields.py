"""config/fields.yaml: the fields of a lead, those every company has and those only this one has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from bot.crm.company.words import Key, Label, Several
from bot.crm.condition import FieldSpec, FieldType
from bot.kit.yaml_model import FaultAtError, Strict

#: Fields that every installation has, with a column of their own.
BUILT_IN: Mapping[str, FieldType] = {
    "name": "text",
    "phone": "text",
    "email": "text",
    "company": "text",
    "title": "text",
    "city": "text",
    "province": "text",
    "industry": "choice",
    "source": "choice",
    "campaign": "choice",
    "message": "text",
    "utm_source": "text",
    "utm_medium": "text",
    "utm_campaign": "text",
    "utm_term": "text",
    "utm_content": "text",
    "consent": "flag",
    "consent_text": "text",
    "external_id": "text",
}
#: What the program itself knows of a lead; conditions may ask for it, forms may not.
SYSTEM: tuple[FieldSpec, ...] = (
    FieldSpec("region", "区域", "choice", "region"),
    FieldSpec("form", "表单", "choice", "form"),
    FieldSpec("pool", "公海", "choice", "pool_id"),
    FieldSpec("owner", "负责人", "text", "owner_id"),
    FieldSpec("status", "线索状态", "choice", "status"),
    FieldSpec("score", "评分", "number", "score"),
    FieldSpec("tier", "分层", "choice", "tier"),
    FieldSpec("lifecycle", "生命周期", "text", "lifecycle"),
    FieldSpec("created_at", "创建时间", "datetime", "created_at"),
    FieldSpec("owned_at", "接手时间", "datetime", "owned_at"),
    FieldSpec("last_behaviour_at", "最近行为时间", "datetime", "last_behaviour_at"),
    FieldSpec("last_follow_up_at", "最近跟进时间", "datetime", "last_follow_up_at"),
    # Not columns: worked out of tags, orders and won opportunities.
    FieldSpec("tags", "标签", "tags", "@tags"),
    FieldSpec("order_count", "购买次数", "number", "@order_count"),
    FieldSpec("order_amount", "购买金额", "money", "@order_amount"),
    FieldSpec("first_order_at", "首次购买时间", "datetime", "@first_order_at"),
    FieldSpec("last_order_at", "最近购买时间", "datetime", "@last_order_at"),
)
#: Words with a meaning of their own in questions and on the interface; no custom field may take one.
RESERVED = frozenset(
    {found.key for found in SYSTEM}
    | {
        "id",
        "stage",
        "team",
        "product",
        "channel",
        "tag",
        "tags",
        "lost_reason",
        "invalid_reason",
        "attribution",
    }
    | {"day", "week", "month", "quarter", "year", "idle_days", "custom", "lane_key"}
)
Format: TypeAlias = Literal["uscc"]
ChoicesFrom: TypeAlias = Literal["sources", "industries", "products", "campaigns", "regions"]


class LeadField(Strict):
    """One field of a lead."""

    key: Key
    label: Label
    type: FieldType
    #: Other words people use for it in chat.
    aliases: tuple[Label, ...] = ()
    choices: tuple[Label, ...] = ()
    #: Take the choices from the catalogue or the org instead of listing them.
    choices_from: ChoicesFrom | None = None
    #: Whether a value outside the choices is kept (and shown as such) or refused.
    open: bool = False
    max_length: Several | None = None
    #: A text that has to fit this whole pattern (RE2-like, short).
    pattern: str | None = Field(default=None, max_length=200)
    #: What a text is: `uscc` is a 统一社会信用代码 with its check sign.
    format: Format | None = None
    #: Bounds of a number or an amount, both allowed.
    min: int | None = None
    max: int | None = None
    #: Identifies a person: encrypted where it can be, masked in cards, pages, groups and logs.
    personal: bool = False

    @model_validator(mode="after")
    def _sound(self) -> LeadField:
        if self.key in RESERVED:
            msg = f"“{self.key}”是系统保留字，请换一个 key"
            raise FaultAtError(("key",), msg)
        expected = BUILT_IN.get(self.key)
        if expected is not None and self.type != expected:
            msg = f"内置字段“{self.key}”的类型是 {expected}，不能改成 {self.type}"
            raise FaultAtError(("type",), msg)
        if self.choices and self.choices_from:
            msg = "choices 和 choices_from 只能写一个"
            raise FaultAtError(("choices",), msg)
        if self.type == "choice" and not (self.choices or self.choices_from):
            msg = "choice 类型的字段要写 choices 或 choices_from"
            raise FaultAtError(("type",), msg)
        if self.type not in ("choice", "tags") and (self.choices or self.choices_from):
            msg = f"{self.type} 类型的字段不能有选项，选项只给 choice 和 tags"
            raise FaultAtError(("type",), msg)
        if self.max_length is not None and self.type != "text":
            msg = "max_length 只给 text 类型的字段"
            raise FaultAtError(("max_length",), msg)
        self._check_values()
        return self

    def _check_values(self) -> None:
        """Bounds and patterns fit the type, and can be kept."""
        if (self.pattern or self.format) and self.type != "text":
            msg = "pattern 和 format 只给 text 类型的字段"
            raise FaultAtError(("pattern" if self.pattern else "format",), msg)
        if (self.min is not None or self.max is not None) and self.type not in ("number", "money"):
            msg = "min 和 max 只给 number 和 money 类型的字段"
            raise FaultAtError(("min" if self.min is not None else "max",), msg)
        if self.min is not None and self.max is not None and self.min > self.max:
            msg = "min 不能大于 max"
            raise FaultAtError(("min",), msg)
        try:
            re.compile(self.pattern or "")
        except re.error as exc:
            msg = f"pattern 写得不对：{exc}"
            raise FaultAtError(("pattern",), msg) from exc

    @property
    def is_custom(self) -> bool:
        """Whether it is this company's own, kept in the lead's JSON."""
        return self.key not in BUILT_IN

    @property
    def column(self) -> str:
        """Where the store keeps it."""
        return f"custom.{self.key}" if self.is_custom else self.key


class Fields(Strict):
    """All fields of a lead; a built-in one that is left out is an error, so that none has no label."""

    fields: tuple[LeadField, ...] = Field(min_length=1)

    def get(self, key: str) -> LeadField | None:
        """The field under this key."""
        return next((found for found in self.fields if found.key == key), None)

    @property
    def custom(self) -> tuple[LeadField, ...]:
        """The company's own fields."""
        return tuple(found for found in self.fields if found.is_custom)
