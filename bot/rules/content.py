"""What is said to one customer: a content's version for a channel, its places filled.

`render` says what it will say, or which field is missing; `finished` gives the message as a channel
takes it, with each link, the pixel and the way out made for this one touch. Both are pure: hand
`Finished.kept` to `bot.store.touch_texts.keep` in the unit that sends it, or its links lead nowhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.channel import CustomerMessage
from bot.crm import template, wechat_fields
from bot.crm.company import Company
from bot.crm.company.content import MAIL_MARK, ChatVersion, Content, MailVersion, SmsVersion
from bot.crm.touching import Purpose
from bot.rules import content_mail
from bot.rules.content_links import Addresses
from bot.rules.content_sms import pieces
from bot.store.touch_texts import Kept

_WEB = ("https://", "http://")
#: Advertising, said by itself.
_MARKED = re.compile(r"(?:广告|AD)[\s：:|｜]|[【\[(（](?:广告|AD)[】\])）]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What will be said, before it is anybody's one message."""

    content: str
    channel: str
    purpose: Purpose
    #: Changes with the words of the version, not with the customer.
    version: str
    #: Mail: Markdown. Elsewhere the words themselves.
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    #: Whether the file's own subject says 广告 first: a customer's name that begins so does not.
    is_marked: bool = False
    #: The platform's own template, where the channel goes by one.
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Where a tap on it leads, where the template has such a place.
    page: str = ""

    @property
    def is_marketing(self) -> bool:
        """Whether it needs consent, a way out, and to be marked as advertising."""
        return self.purpose is Purpose.MARKETING

    @property
    def plain(self) -> str:
        """Mail without its signs of Markdown and without a footer; elsewhere the words themselves."""
        return content_mail.plain(self.text) if self.channel == "email" else self.text

    @property
    def pieces(self) -> int:
        """How many SMS it is paid as; 0 elsewhere."""
        return pieces(self.text) if self.channel == "sms" else 0


@dataclass(frozen=True, slots=True)
class NoText:
    """It cannot be said here."""

    #: The field that is empty, as `lead.company`; empty if there is no version for the channel.
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One message, and what is kept of it."""

    message: CustomerMessage
    #: To be kept before the message leaves: `touch_texts.keep`.
    kept: Kept


def render(company: Company, key: str, channel: str, facts: Mapping[str, object]) -> Rendered | NoText:
    """Fill a content's version for a channel; `facts` come from `content_facts.facts`."""
    content = company.content.get(key)
    version = content.channels.of(channel) if content is not None else None
    if content is None or version is None:
        return NoText()
    match version:
        case MailVersion():
            return _mail(content, key, version, facts)
        case SmsVersion():
            return _sms(content, key, version, facts)
        case ChatVersion():
            return _chat(content, key, channel, version, facts)


def version_of(company: Company, key: str, channel: str) -> str:
    """Names the words of a version as they stand in the file; empty if there is none."""
    content = company.content.get(key)
    version = content.channels.of(channel) if content is not None else None
    return _hash(version) if version is not None else ""


def finished(
    company: Company,
    rendered: Rendered,
    addresses: Addresses,
    *,
    to: str,
    by: str = "",
    tracks: bool = True,
) -> Finished:
    """Make it one customer's message; `addresses` are of its touch. `tracks`: its links are his alone."""
    links: dict[str, str] = {}

    def tracked(url: str) -> str:
        address, link_id = addresses.link(url)
        links[link_id] = url
        return address

    out = addresses.unsubscribe if rendered.is_marketing else ""
    text, html, subject = rendered.text, "", rendered.subject
    if rendered.channel == "email":
        footer = content_mail.Footer(company.org.company, out)
        text, html = content_mail.written(rendered.text, tracked, pixel=addresses.pixel, footer=footer)
        subject = subject_of(rendered)
    elif rendered.channel != "sms" and tracks:
        # Links in SMS stay as they are: providers refuse what changes from person to person.
        text = content_mail.with_links(text, tracked)
    message = CustomerMessage(
        touch_id=addresses.touch_id, to=to, text=text, subject=subject, html=html, by=by,
        template=rendered.template, params=rendered.params,
        page=tracked(rendered.page) if rendered.page.startswith(_WEB) else rendered.page,
        unsubscribe_url=out, is_marketing=rendered.is_marketing,
    )  # fmt: skip
    kept = Kept(
        touch_id=addresses.touch_id, content=rendered.content, channel=rendered.channel,
        version=rendered.version, pieces=rendered.pieces, links=links,
    )  # fmt: skip
    return Finished(message=message, kept=kept)


def _mail(content: Content, key: str, version: MailVersion, facts: Mapping[str, object]) -> Rendered | NoText:
    subject = template.fill(version.subject, facts)
    text = template.fill(version.text, facts, is_markdown=True)
    for one in (subject, text):
        if isinstance(one, template.Missing):
            return NoText(one.field)
    return Rendered(
        content=key, channel="email", purpose=content.purpose, version=_hash(version),
        text=str(text), subject=" ".join(str(subject).split()),
        is_marked=_MARKED.match(version.subject) is not None,
    )  # fmt: skip


def _sms(content: Content, key: str, version: SmsVersion, facts: Mapping[str, object]) -> Rendered | NoText:
    text, params = template.fill(version.text, facts), _params(version.params, facts)
    if isinstance(text, template.Missing):
        return NoText(text.field)
    if isinstance(params, NoText):
        return params
    return Rendered(
        content=key, channel="sms", purpose=content.purpose, version=_hash(version),
        text=" ".join(text.split()), template=version.template, params=params,
    )  # fmt: skip


def _chat(
    content: Content, key: str, channel: str, version: ChatVersion, facts: Mapping[str, object]
) -> Rendered | NoText:
    text = template.fill(version.text, facts) if version.text is not None else ""
    params = _params(version.params, facts)
    if isinstance(text, template.Missing):
        return NoText(text.field)
    if isinstance(params, NoText):
        return params
    return Rendered(
        content=key, channel=channel.partition(".")[0], purpose=content.purpose, version=_hash(version),
        text=text.strip(), template=version.template or "", params=wechat_fields.fitting(params),
        page=version.page or "",
    )  # fmt: skip


def _params(given: Mapping[str, str], facts: Mapping[str, object]) -> dict[str, str] | NoText:
    filled: dict[str, str] = {}
    for name, source in given.items():
        value = template.fill(source, facts)
        if isinstance(value, template.Missing):
            return NoText(value.field)
        filled[name] = " ".join(value.split())
    return filled


def _hash(version: MailVersion | SmsVersion | ChatVersion) -> str:
    return hashlib.sha256(version.model_dump_json().encode()).hexdigest()[:10]


def subject_of(rendered: Rendered) -> str:
    """As it is sent: advertising says so first."""
    if not rendered.is_marketing or rendered.is_marked:
        return rendered.subject
    return f"{MAIL_MARK} {rendered.subject}"
