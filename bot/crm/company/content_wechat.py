"""What is wrong with a content's version for 公众号, 小程序 and 微信客服, before anybody is sent it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.crm import template, wechat_fields
from bot.crm.touching import Purpose
from bot.crm.wechat_fields import KINDS
from bot.kit.yaml import Path
from bot.kit.yaml_model import similar
from bot.kit.yaml_texts import did_you_mean

if TYPE_CHECKING:
    from bot.crm.company.content import ChatVersion

OFFICIAL, MINI_PROGRAM = "wechat_official", "mini_program"
#: Channels that know templates.
_BY_TEMPLATE = (OFFICIAL, MINI_PROGRAM)
#: What makes a text another one for each reader.
_PERSONAL = ("lead.", "owner.", "words.")
_WEB = ("https://", "http://")


def faults(version: ChatVersion, channel: str, purpose: Purpose) -> Iterator[tuple[Path, str]]:
    """What is wrong, and where in the version."""
    if channel not in _BY_TEMPLATE:
        return
    if version.subscribe is not None and channel != OFFICIAL:
        yield ("subscribe",), "只有公众号写 subscribe；小程序的订阅消息直接写 template 和 params"
    yield from _by_purpose(version, channel, purpose)
    if version.template is not None:
        yield from _params(version.params, ())
        yield from _page(version.page, channel, ())
    if version.subscribe is not None:
        yield from _params(version.subscribe.params, ("subscribe",))
        yield from _page(version.subscribe.page, channel, ("subscribe",))


def _by_purpose(version: ChatVersion, channel: str, purpose: Purpose) -> Iterator[tuple[Path, str]]:
    """Templates are for notices; advertising goes to all followers in the same words."""
    if purpose is not Purpose.MARKETING:
        return
    if version.template is not None or version.subscribe is not None:
        at: Path = ("template",) if version.template is not None else ("subscribe",)
        yield at, "模板消息和订阅通知只能发服务通知，营销内容会被处罚；这里只写 text"
    if channel == OFFICIAL and _is_personal(version.text or ""):
        yield ("text",), "公众号的营销内容是群发，大家收到的一样，不能写客户、负责人的字段"


def _is_personal(text: str) -> bool:
    """Whether it is another text for each reader; what cannot be read is told elsewhere."""
    try:
        return any(one.name.startswith(_PERSONAL) for one in template.needed(text))
    except template.TemplateError:
        return False


def _params(params: Mapping[str, str], at: Path) -> Iterator[tuple[Path, str]]:
    for name, value in params.items():
        here: Path = (*at, "params", name)
        if name in wechat_fields.DROPPED:
            yield here, f"平台已经不显示 {name}，请删掉"
            continue
        kind = wechat_fields.kind_of(name)
        if not kind:
            near = did_you_mean(similar(name, [f"{one}1" for one in KINDS]))
            yield here, f"“{name}”不是模板里的字段，要和后台模板一样，如 thing1、time2{near}"
            continue
        most = KINDS[kind]
        if most and "{" not in value and len(value) > most:
            yield here, f"{kind} 最多 {most} 个字，这里有 {len(value)} 个"


def _page(page: str | None, channel: str, at: Path) -> Iterator[tuple[Path, str]]:
    if page is None:
        return
    is_web = page.startswith(_WEB)
    if channel == MINI_PROGRAM and is_web:
        yield (*at, "page"), "小程序里写它自己的页面，如 pages/orders/index"
    if channel == OFFICIAL and not is_web:
        yield (*at, "page"), "公众号里写网址，以 https:// 开头"
