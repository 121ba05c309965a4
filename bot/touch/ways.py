"""Every way to a customer and what it is permitted for: the decision table, row by row.

A way is a channel and how it is used: a service account (公众号) may answer within 48 hours, send a
service notice, use up a permission, or send to everybody, each with rules of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from bot.crm.touching import Purpose

REPLY, SERVICE = Purpose.REPLY, Purpose.TRANSACTIONAL
MARKETING, ADDED = Purpose.MARKETING, Purpose.ADDED


class Mode(enum.Enum):
    """Who lets it through."""

    #: Nobody but our own rules.
    AUTO = "auto"
    #: The customer opened a span by writing or acting.
    WINDOW = "window"
    #: The customer granted one message of this template.
    TOKEN = "token"  # noqa: S105 - a permission, no secret
    #: A colleague has to tap «send».
    REP = "rep"


class Says(enum.Enum):
    """What the platform takes."""

    TEXT = "text"
    TEMPLATE = "template"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Way:
    """One row of the table."""

    key: str
    #: By its key in channels.yaml.
    channel: str
    #: For people.
    label: str
    mode: Mode
    purposes: frozenset[Purpose]
    says: Says = Says.TEXT

    @property
    def version(self) -> str:
        """Which version of a content it says: the channel's, or its own where it goes by another template."""
        return self.key if self.key in OWN_VERSION else self.channel


#: Ways by which everybody gets the same words: no link in them is one person's.
SAME_FOR_ALL = frozenset({"wechat_official.mass"})
#: Ways that go by a template of their own, beside their channel's.
OWN_VERSION = frozenset({"wechat_official.subscribe"})
#: Ways that tell whom they reached; by any other one, what was taken is delivered unless it comes back.
RECEIPTED = frozenset(
    {
        "sms.marketing", "sms.notice", "wechat_official.template", "wechat_official.subscribe",
        "wechat_official.mass", "mini_program.subscribe",
    }
)  # fmt: skip


def _way(key: str, label: str, mode: Mode, *purposes: Purpose, says: Says = Says.TEXT) -> Way:
    return Way(key, key.partition(".")[0], label, mode, frozenset(purposes), says)


_ALL = (
    _way("wecom.welcome", "企业微信欢迎语", Mode.WINDOW, ADDED),
    _way("wecom.group_send", "企业微信群发（同事确认）", Mode.REP, REPLY, MARKETING, ADDED),
    _way("wechat_service.message", "微信客服消息", Mode.WINDOW, REPLY, SERVICE),
    _way("wechat_official.message", "公众号客服消息", Mode.WINDOW, REPLY, SERVICE),
    _way("wechat_official.template", "公众号模板消息", Mode.AUTO, SERVICE, says=Says.TEMPLATE),
    _way("wechat_official.subscribe", "公众号订阅通知", Mode.TOKEN, SERVICE, says=Says.TEMPLATE),
    _way("wechat_official.mass", "公众号群发", Mode.AUTO, MARKETING),
    _way("mini_program.subscribe", "小程序订阅消息", Mode.TOKEN, SERVICE, says=Says.TEMPLATE),
    _way("mini_program.message", "小程序客服消息", Mode.WINDOW, REPLY, SERVICE),
    _way("sms.marketing", "营销短信", Mode.AUTO, MARKETING, says=Says.EITHER),
    _way("sms.notice", "通知短信", Mode.AUTO, REPLY, SERVICE, says=Says.EITHER),
    _way("email.marketing", "营销邮件", Mode.AUTO, MARKETING),
    _way("email.service", "邮件", Mode.AUTO, REPLY, SERVICE, ADDED),
)
WAYS: Mapping[str, Way] = {one.key: one for one in _ALL}

#: Where each kind of message goes if nobody says otherwise, the first that is permitted.
ORDERS: Mapping[Purpose, tuple[str, ...]] = {
    REPLY: (
        "wechat_service.message", "wechat_official.message", "mini_program.message", "wecom.group_send",
        "email.service",
    ),
    SERVICE: (
        "wechat_official.template", "wechat_official.subscribe", "mini_program.subscribe", "sms.notice",
        "email.service",
    ),
    MARKETING: ("wecom.group_send", "email.marketing", "sms.marketing", "wechat_official.mass"),
    ADDED: ("wecom.welcome", "wecom.group_send"),
}  # fmt: skip


#: What people call a channel as a whole.
TITLES: Mapping[str, str] = {
    "wecom": "企业微信", "wechat_service": "微信客服", "wechat_official": "公众号", "mini_program": "小程序",
    "sms": "短信", "email": "邮件",
}  # fmt: skip


def label(key: str) -> str:
    """What people call a way or a channel; the key itself for one that is no more."""
    return WAYS[key].label if key in WAYS else TITLES.get(key, key)


def named(purpose: Purpose, said: str) -> tuple[Way, ...]:
    """The ways for this purpose that a channel's key or a way's own key means, in the usual order."""
    found = [one for one in _ALL if said in (one.key, one.channel) and purpose in one.purposes]
    usual = ORDERS[purpose]
    return tuple(sorted(found, key=lambda one: usual.index(one.key) if one.key in usual else len(usual)))
