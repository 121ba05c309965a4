"""Is the app set up well? For `leadbell doctor`: one call with a fresh token, and what its answer tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from bot.adapters.wecom.client import Answer, Client
from bot.adapters.wecom.config import Config
from bot.chat.adapter import Checkup, Remark
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError

_TOKEN_FINE = "企业微信：连得上，令牌有效，应用「{name}」可用"  # noqa: S105 - a text
_REFUSED = "企业微信不接受：{said}"
_NOT_REACHED = "企业微信连不上：{host}（{said}）"
_REACH_CURE = "请检查这台机器能不能访问 {host}，要不要代理（LEADBELL_WECOM__PROXY）"
_REFUSED_CURE = "请对照管理后台核对 LEADBELL_WECOM__CORP_ID、__AGENT_ID、__SECRET，以及企业可信IP"
_CLOSED = "企业微信：应用「{name}」已停用"
_CLOSED_CURE = "请在管理后台启用这个应用"
_NOBODY = "企业微信：应用「{name}」的可见范围是空的，谁也收不到卡片"
_NOBODY_CURE = "请在管理后台「可见范围」里加上所有销售和他们的主管"
_SEEN = "企业微信：可见范围有 {departments} 个部门、{people} 个成员"
_CONTACT_FINE = "企业微信：{n} 位同事开通了客户联系，能发欢迎语和企业群发"
_CONTACT_SHUT = "企业微信：客户联系用不了（{said}）"
_CONTACT_CURE = "请在「客户联系 → 可调用接口的应用」里加上本应用，并给要发的同事开通客户联系"
_SERVICE_FINE = "企业微信：微信客服有 {n} 个账号"
_SERVICE_SHUT = "企业微信：微信客服用不了（{said}）"
_SERVICE_CURE = "请在「微信客服 → API → 可调用接口的应用」里加上本应用，并把客服账号交给它管理"
_ROBOT = "企业微信智能机器人：已配置；试连会把正在运行的连接挤掉，所以这里不连"


async def look(client: Client, config: Config) -> Checkup:
    """Ask for the app's own description."""
    remarks = [Remark(True, _ROBOT)] if config.has_robot else []
    if not config.has_app:
        return Checkup(tuple(remarks))
    try:
        answer = await client.get("/cgi-bin/agent/get", agentid=str(config.agent_id))
    except (PlatformBusyError, AnswerLostError) as exc:
        host = urlsplit(config.api_base).netloc.rpartition("@")[2]
        remarks.append(Remark(False, _NOT_REACHED.format(host=host, said=exc), _REACH_CURE.format(host=host)))
    except PlatformError as exc:
        remarks.append(Remark(False, _REFUSED.format(said=exc), _REFUSED_CURE))
    else:
        remarks += [*_of_app(answer), *await _of_ways(client, config)]
    return Checkup(tuple(remarks), _moment(client.last_date))


async def _of_ways(client: Client, config: Config) -> list[Remark]:
    """Whether the app may do what is switched on."""
    found = []
    if config.customer_contact:
        try:
            answer = await client.get("/cgi-bin/externalcontact/get_follow_user_list")
            found.append(Remark(True, _CONTACT_FINE.format(n=_count(answer, "follow_user"))))
        except PlatformError as exc:
            found.append(Remark(False, _CONTACT_SHUT.format(said=exc), _CONTACT_CURE))
    if config.customer_service:
        try:
            answer = await client.read("/cgi-bin/kf/account/list", {"offset": 0, "limit": 100})
            n = _count(answer, "account_list")
            found.append(Remark(n > 0, _SERVICE_FINE.format(n=n), "" if n else _SERVICE_CURE))
        except PlatformError as exc:
            found.append(Remark(False, _SERVICE_SHUT.format(said=exc), _SERVICE_CURE))
    return found


def _count(answer: Answer, name: str) -> int:
    rows = answer.get(name)
    return len(rows) if isinstance(rows, list) else 0


def _of_app(answer: Answer) -> Iterator[Remark]:
    name = str(answer.get("name", ""))
    yield Remark(True, _TOKEN_FINE.format(name=name))
    if answer.get("close") == 1:
        yield Remark(False, _CLOSED.format(name=name), _CLOSED_CURE)
    departments = (answer.get("allow_partys") or {}).get("partyid") or ()
    people = (answer.get("allow_userinfos") or {}).get("user") or ()
    tags = (answer.get("allow_tags") or {}).get("tagid") or ()
    if departments or people or tags:
        yield Remark(True, _SEEN.format(departments=len(departments), people=len(people)))
    else:
        yield Remark(False, _NOBODY.format(name=name), _NOBODY_CURE)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
