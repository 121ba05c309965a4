"""Words about somebody's own data: 导出 L12 的个人信息, 删除 L12 的个人信息 本人要求."""

from __future__ import annotations

from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words
from bot.crm.privacy_commands import ErasePerson, ExportPerson

_DATA = words("个人信息", "个人数据", "个人资料", "全部个人信息", "所有个人信息", "全部数据", "所有数据")
_EXPORT = words("导出", "下载", "调取", "复制")
_ERASE = words("删除", "彻底删除", "清除", "抹掉", "注销")
_REASON = rf"{GAP}(?:原因|因为|理由)?[\s:]*(?P<why>[^\n]{{0,100}})"
_EXPORTS = (
    whole(rf"{_EXPORT}{GAP}{LEAD}{GAP}的?\s*{_DATA}"),
    whole(rf"{LEAD}{GAP}的?\s*{_DATA}{GAP}{_EXPORT}"),
    whole(rf"{_EXPORT}\s*{_DATA}{GAP}{LEAD}"),
    whole(rf"{_EXPORT}{GAP}{LEAD}"),
)
_ERASES = (
    whole(rf"{_ERASE}{GAP}{LEAD}{GAP}的?\s*{_DATA}{_REASON}"),
    whole(rf"{_ERASE}\s*{_DATA}{GAP}{LEAD}{_REASON}"),
    # Without a reason: the answer asks for one.
    whole(rf"{_ERASE}{GAP}{LEAD}(?P<why>)"),
)


def _export(text: Said) -> object | None:
    found = next((hit for one in _EXPORTS if (hit := one.fullmatch(text.plain))), None)
    return ExportPerson(lead_id(found)) if found else None


def _erase(text: Said) -> object | None:
    found = next((hit for one in _ERASES if (hit := one.fullmatch(text.plain))), None)
    return ErasePerson(lead_id(found), text.part(found, "why")) if found else None


RULES: tuple[Rule, ...] = (_export, _erase)
