"""Is the app set up well? For `leadbell doctor`: calls that cost nothing, and what their answers tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from bot.adapters.dingtalk.client import Client
from bot.adapters.dingtalk.config import Config
from bot.chat.adapter import Checkup, Remark
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError

_FINE = "钉钉：连得上，凭证有效，看得到 {n} 个一级部门"
_REFUSED = "钉钉不接受：{said}"
_REFUSED_CURE = "请核对 LEADBELL_DINGTALK__CLIENT_ID、__CLIENT_SECRET，以及应用的权限和服务器出口 IP"
_NOT_REACHED = "钉钉连不上：{host}（{said}）"
_REACH_CURE = "请检查这台机器能不能访问 {host} 和 wss-open-connection.dingtalk.com 的 443 端口"
_NO_TEMPLATE = "钉钉卡片：没有填模板，按钮以链接打开网页"
_NO_TEMPLATE_CURE = "请填 LEADBELL_PUBLIC_URL，否则按钮点不开；想要原生按钮见 docs/dingtalk-card.md"
_TEMPLATE = "钉钉卡片：用模板 {template}（模板在真实平台上没有验证过，请先发一张试试）"
_MODE = {
    "stream": "钉钉：Stream 模式，不需要公网地址；同一个 Client ID 别处也在连的话，会随机分走一部分消息",
    "http": "钉钉：HTTP 模式，机器人、事件、卡片三个回调地址要在开发者后台填好",
}
_NO_NOTICE = "钉钉：没有填 LEADBELL_DINGTALK__AGENT_ID，机器人发不到的人也收不到工作通知"


async def look(client: Client, config: Config) -> Checkup:
    """Ask for the first departments with a fresh token."""
    remarks = [Remark(True, _MODE[config.mode]), *_of_cards(config)]
    if not config.agent_id:
        remarks.append(Remark(True, _NO_NOTICE))
    try:
        answer = await client.contacts("/topapi/v2/department/listsub", {"dept_id": 1})
    except (PlatformBusyError, AnswerLostError) as exc:
        host = urlsplit(config.api_base).netloc.rpartition("@")[2]
        remarks.append(Remark(False, _NOT_REACHED.format(host=host, said=exc), _REACH_CURE.format(host=host)))
    except PlatformError as exc:
        remarks.append(Remark(False, _REFUSED.format(said=exc), _REFUSED_CURE))
    else:
        remarks.append(Remark(True, _FINE.format(n=len(answer.get("result") or ()))))
    return Checkup(tuple(remarks), _moment(client.last_date))


def _of_cards(config: Config) -> Iterator[Remark]:
    if config.has_template:
        yield Remark(True, _TEMPLATE.format(template=config.card_template_id))
    else:
        yield Remark(bool(config.public_url), _NO_TEMPLATE, _NO_TEMPLATE_CURE)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
