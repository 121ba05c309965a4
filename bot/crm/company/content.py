"""config/content/*.yaml: what is said to customers, a file for each content, a version for each channel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.crm import template
from bot.crm.company import content_wechat, cross_check_words
from bot.crm.company.words import Key, Label
from bot.crm.touching import Purpose
from bot.kit.yaml import ConfigError, Document, Path
from bot.kit.yaml_model import FaultAtError, Strict, similar
from bot.kit.yaml_texts import did_you_mean

if TYPE_CHECKING:
    from bot.crm.company.company import Company

#: Marketing by SMS has to say how to refuse, in these words and at the end.
SMS_REFUSAL = "拒收请回复R"
#: Characters that a provider takes, the signature and its brackets included.
SMS_MOST = 500
#: How people and providers mark advertising mail; put before the subject when it is sent.
MAIL_MARK = "广告"

Subject: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\r\n]*$")]
Body: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Short: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Page: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^\S+$")]
#: A platform's own id of a template.
TemplateId: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.-]+$")]

_SIGNED = re.compile(r"【[^【】\s]{2,20}】")
_URL = re.compile(r"https?://|www\.", re.IGNORECASE)
#: Fields of a lead that go into no text: the address itself, and what only machines read.
_PRIVATE = frozenset({"phone", "email", "message", "consent", "consent_text", "external_id", "name_key"})
#: A telephone number is spoken of so, whatever the field is called.
_CALLED = {"phone": "电话"}
_OWN = ("lead.id", "lead.score", "owner.name", "owner.position", "our.company")


class MailVersion(Strict):
    """As mail: Markdown, which becomes text and HTML."""

    subject: Subject
    text: Body

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Each text with places to fill, and where it stands."""
        yield ("subject",), self.subject
        yield ("text",), self.text


class SmsVersion(Strict):
    """As SMS: the provider's template and its parameters; the text is what the template says."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=SMS_MOST)]
    template: TemplateId
    #: In the order of the template; 腾讯云 goes by the order, 阿里云 by the names.
    params: Mapping[Key, Short] = {}

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Each text with places to fill, and where it stands."""
        yield ("text",), self.text
        for name, value in self.params.items():
            yield ("params", name), value


class Notice(Strict):
    """A template of the platform, its fields, and where a tap on it leads."""

    template: TemplateId
    params: Mapping[Key, Short] = {}
    #: 公众号: an address; 小程序: a page inside it (`pages/orders/index?id=1`).
    page: Page | None = None


class ChatVersion(Strict):
    """As a message of one of WeChat's channels: free words, or a template of the platform."""

    text: Short | None = None
    template: TemplateId | None = None
    params: Mapping[Key, Short] = {}
    page: Page | None = None
    #: 公众号 only: 订阅通知, a template of another kind, for which the customer gave a permission.
    subscribe: Notice | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ChatVersion:
        if self.text is None and self.template is None and self.subscribe is None:
            msg = "text 和 template 至少写一个"
            raise FaultAtError((), msg)
        return self

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Each text with places to fill, and where it stands."""
        if self.text is not None:
            yield ("text",), self.text
        for name, value in self.params.items():
            yield ("params", name), value
        for name, value in self.subscribe.params.items() if self.subscribe else ():
            yield ("subscribe", "params", name), value

    def subscribed(self) -> ChatVersion | None:
        """The 订阅通知 as a version of its own."""
        return ChatVersion(**dict(self.subscribe)) if self.subscribe is not None else None


class Versions(Strict):
    """A version for each channel on which it may be said, by the channel's key."""

    email: MailVersion | None = None
    sms: SmsVersion | None = None
    wecom: ChatVersion | None = None
    wechat_service: ChatVersion | None = None
    wechat_official: ChatVersion | None = None
    mini_program: ChatVersion | None = None

    def of(self, channel: str) -> MailVersion | SmsVersion | ChatVersion | None:
        """The one for this channel, or for a way of it that has its own (`wechat_official.subscribe`)."""
        name, _, use = channel.partition(".")
        found: MailVersion | SmsVersion | ChatVersion | None = getattr(self, name, None)
        if use == "subscribe":
            return found.subscribed() if isinstance(found, ChatVersion) else None
        return found

    def names(self) -> tuple[str, ...]:
        """Channels that have one."""
        return tuple(name for name in Versions.model_fields if self.of(name) is not None)


class Content(Strict):
    """One thing that is said."""

    #: What people call it.
    name: Label
    purpose: Purpose
    #: What it needs beside the customer's own fields, and what that is called.
    words: Mapping[Key, Label] = {}
    channels: Versions
    #: For finding it again, with what a rep asks for by message.
    tags: Annotated[tuple[Label, ...], Field(max_length=20)] = ()


def fields_of(company: Company) -> Mapping[str, str]:
    """Every field that a text may name, and what it is called."""
    own = {
        f"lead.{one.key}": one.label
        for one in company.fields.fields
        if one.key not in _PRIVATE and not one.key.startswith("utm_")
    }
    return {**own, **dict(zip(_OWN, ("编号", "评分", "负责人", "负责人职位", "我们的公司名"), strict=True))}


def errors(company: Company, documents: Mapping[str, Document]) -> list[ConfigError]:
    """What is wrong with the contents, each at its own line."""
    found = []
    for key, path, message, line in faults(company):
        document = documents[f"content/{key}"]
        error = document.error(path, message)
        # A text of several lines begins below its key.
        many = line > 1 or "\n" in _at(document.data, path)
        found.append(replace(error, line=error.line + line, column=1) if many else error)
    return found


def _at(data: Any, path: Path) -> str:  # noqa: ANN401 - whatever a file says
    for step in path:
        data = data[step]
    return str(data)


def faults(company: Company) -> Iterator[tuple[str, Path, str, int]]:
    """What is wrong with the contents: file, place, what, and on which line of that text."""
    known = fields_of(company)
    private = {
        f"lead.{one.key}": _CALLED.get(one.key, one.label)
        for one in company.fields.fields
        if f"lead.{one.key}" not in known
    }
    for key, content in company.content.items():
        names = {**known, **{f"words.{word}": label for word, label in content.words.items()}}
        for channel in content.channels.names():
            version = content.channels.of(channel)
            at: Path = ("channels", channel)
            if version is None:
                continue
            for path, text in version.texts():
                for message, line in _text_faults(text, names, private):
                    yield key, (*at, *path), message, line
            if isinstance(version, ChatVersion):
                for path, message in content_wechat.faults(version, channel, content.purpose):
                    yield key, (*at, *path), message, 1
            if isinstance(version, SmsVersion):
                for path, message in _sms_faults(version, content.purpose):
                    yield key, (*at, *path), message, 1
    yield from _twice(company)


def _twice(company: Company) -> Iterator[tuple[str, Path, str, int]]:
    seen: set[str] = set()
    for key, content in company.content.items():
        if content.name in seen:
            yield key, ("name",), cross_check_words.twice("内容", content.name), 1
        seen.add(content.name)


def _text_faults(
    text: str, names: Mapping[str, str], private: Mapping[str, str]
) -> Iterator[tuple[str, int]]:
    try:
        needed = list(template.needed(text))
        filters = list(template.unknown_filters(text))
    except template.TemplateError as exc:
        yield f"模板写错了：{exc}", exc.line
        return
    for one in needed:
        if one.name in private:
            yield f"{private[one.name]}不能写进内容", one.line
        elif one.name not in names:
            yield cross_check_words.unknown("字段", one.name, names), one.line
    for one in filters:
        yield f"没有“{one.name}”这个过滤器{did_you_mean(similar(one.name, template.filters()))}", one.line


def _sms_faults(version: SmsVersion, purpose: Purpose) -> Iterator[tuple[Path, str]]:
    if not _SIGNED.match(version.text):
        yield ("text",), "短信要以签名开头，写成【公司名】"
    is_marketing = purpose is Purpose.MARKETING
    if is_marketing and not version.text.rstrip("。. ").endswith(SMS_REFUSAL):
        yield ("text",), f"营销短信要以“{SMS_REFUSAL}”结尾"
    if not is_marketing and SMS_REFUSAL in version.text:
        yield ("text",), f"只有营销短信才写“{SMS_REFUSAL}”，通知短信带上它会被拒收"
    for name, value in version.params.items():
        if _URL.search(value):
            yield ("params", name), "短信的变量里不能有链接，请写进模板本身"
