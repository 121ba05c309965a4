"""The platforms' own templates that contents go by: where each stands, and which are but examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.crm.company.company import Company
from bot.crm.company.content import ChatVersion, Content, SmsVersion

#: What 公众号 and 小程序 call their templates: always so many of these.
_WEIXIN = re.compile(r"[A-Za-z0-9_-]{43}")
#: Of 阿里云 or of 腾讯云; the last are those that we ship as examples.
_SMS, _SMS_EXAMPLE = re.compile(r"SMS_\d{6,}|\d{3,}"), re.compile(r"SMS_1000000\d\d")
_NOTICE = (
    "{where}：{label}的编号 {template} 像是示例，不是平台给的；"
    "换成后台里自己的编号，或去掉这一段，否则发不出去"
)
_LABELS = {
    "sms": "短信模板",
    "wechat_official": "公众号模板消息",
    "wechat_official.subscribe": "公众号订阅通知",
    "mini_program": "小程序订阅消息",
}


@dataclass(frozen=True, slots=True)
class Used:
    """A template, and the content that goes by it."""

    content: str
    #: The channel's key, or its own way's.
    version: str
    template: str

    @property
    def is_example(self) -> bool:
        """No platform ever gave such an id."""
        if self.version == "sms":
            is_shaped = _SMS.fullmatch(self.template) is not None
            return not is_shaped or _SMS_EXAMPLE.fullmatch(self.template) is not None
        return _WEIXIN.fullmatch(self.template) is None

    def where(self, directory: Path) -> str:
        """File and line."""
        name = f"content/{self.content}.yaml"
        try:
            lines = (directory / name).read_text(encoding="utf-8").splitlines()
        except OSError:
            return name
        word = re.compile(rf"template:\s*['\"]?{re.escape(self.template)}(?![\w.-])")
        found = next((n for n, line in enumerate(lines, 1) if word.search(line)), None)
        return f"{directory / name}:{found}" if found else f"{directory / name}"


def used(company: Company) -> Iterator[Used]:
    """All of them, content by content."""
    for key, content in sorted(company.content.items()):
        yield from _of(key, content)


def _of(key: str, content: Content) -> Iterator[Used]:
    for channel in content.channels.names():
        version = content.channels.of(channel)
        if isinstance(version, SmsVersion | ChatVersion) and version.template:
            yield Used(key, channel, version.template)
        if isinstance(version, ChatVersion) and version.subscribe is not None:
            yield Used(key, f"{channel}.subscribe", version.subscribe.template)


def notices(
    company: Company, directory: Path, *, of: frozenset[str] | None = None, on: frozenset[str] | None = None
) -> Iterator[str]:
    """What is but an example: of all contents or of these, on all channels or on these."""
    for one in used(company):
        matters = on is None or one.version.partition(".")[0] in on
        if one.is_example and matters and (of is None or one.content in of):
            yield _NOTICE.format(
                where=one.where(directory), label=_LABELS.get(one.version, one.version), template=one.template
            )
