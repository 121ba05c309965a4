"""Company names: as they are shown, and as they are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.crm.company.places import CITIES, PROVINCES
from bot.crm.written import half_width
from bot.intake.clean.text import line

#: What a name ends with and what tells no two firms apart, longest first.
_FORMS = (
    *("股份有限责任公司", "集团股份有限公司", "集团有限责任公司", "集团有限公司", "股份有限公司"),
    *("有限责任公司", "控股有限公司", "(集团)有限公司", "有限公司", "集团公司", "分公司", "总公司"),
    *("公司", "集团", "股份", "控股"),
)
_LATIN_FORMS = re.compile(
    r"[\s,.]*\b(?:co|company|corp|corporation|inc|incorporated|ltd|limited|llc|plc|gmbh|group|holdings?)\b\.?$"
)
_SIGNS = re.compile(r"[\s·•・.,，。、\-_&/\\'\"“”‘’《》<>!！?？:：;；()\[\]{}【】]+")
_BRACKETS = re.compile(r"[(\[【{]([^()\[\]【】{}]*)[)\]】}]")
#: 云帆科技有限公司北京分公司: the part after the firm's own name.
_BRANCH = re.compile(r"(?<=公司)(?P<which>[^公司]{0,12}?)(?:分公司|办事处|事业部|分行|支行)$")
_ENDINGS = ("特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
#: Cities whose names firms bear without being there.
_NAMESAKES = frozenset(
    (
        "阿里",
        "东方",
        "黄山",
        "兴安",
        "文昌",
        "永康",
        "安康",
        "白银",
        "平湖",
        "天水",
        "海西",
        "大同",
        "中山",
        "武威",
    )
)
#: What is left says nothing without the place: 上海汽车, 北京银行.
_GENERIC = frozenset(
    (
        *("汽车", "银行", "大学", "学院", "医院", "中学", "小学", "科技", "贸易", "商贸", "实业", "软件"),
        *("网络", "信息", "电子", "建筑", "地产", "证券", "保险", "电力", "移动", "联通", "电信", "文化"),
        *("传媒", "教育", "咨询", "投资", "物流", "航空", "机场", "地铁", "化工", "机械", "医药", "食品"),
        *("服装", "酒店", "旅游", "农商银行", "农商行"),
    )
)
_ENOUGH = 2
_LONGEST = max(map(len, (*PROVINCES, *CITIES)))
#: Every place has at least two signs: a name that begins with no other two begins with no place.
_BEGINNINGS = frozenset(place[:2] for place in (*PROVINCES, *CITIES))
_OPENING = frozenset("([【{")
_FORMS_BY_LENGTH = {
    n: frozenset(form for form in _FORMS if len(form) == n)
    for n in sorted({len(form) for form in _FORMS}, reverse=True)
}
_BRANCHES = ("分公司", "办事处", "事业部", "分行", "支行")


def company_name(text: str) -> str:
    """A name to show: one line, full-width letters and brackets made half-width."""
    return line(half_width(text))


@lru_cache(maxsize=4096)
def company_key(name: str) -> str:
    """A name to compare: the same for 云帆科技（北京）有限公司, 北京云帆科技 and 云帆科技.

    Without legal form, brackets, the place at its beginning or in brackets, signs and case. A branch
    is a firm of its own: 云帆科技有限公司苏州分公司 is 云帆科技#苏州. Empty for a name that has nothing of
    its own.
    """
    plain = half_width(unicodedata.normalize("NFKC", line(name))).lower()
    # Lists bring names by the million: what a name has no sign of is not looked for.
    if not _OPENING.isdisjoint(plain):
        plain = _BRACKETS.sub(lambda found: "" if _is_place_or_form(found[1]) else found[1], plain)
    plain = plain.strip()
    branch = _BRANCH.search(plain) if plain.endswith(_BRANCHES) else None
    shorter = _without_form(_BRANCH.sub("", plain) if branch else plain)
    key = _without_place(shorter if shorter.isalnum() else _SIGNS.sub("", shorter))
    which = _SIGNS.sub("", branch["which"]).removesuffix("市") if branch else ""
    return f"{key}#{which}" if key and which else key


def _without_form(name: str) -> str:
    while True:
        last = name[-1:]
        # No Latin form ends in a Chinese letter.
        is_latin = last == "." or (last.isascii() and last.isalpha())
        bare = (_LATIN_FORMS.sub("", name) if is_latin else name).rstrip()
        if bare.endswith(_FORMS):
            bare = _without_ending(bare)
        if bare == name:
            return bare
        name = bare


def _without_ending(name: str) -> str:
    """Without the longest form at its end."""
    for n, forms in _FORMS_BY_LENGTH.items():
        if name[-n:] in forms:
            return name[:-n]
    return name


def _is_place_or_form(text: str) -> bool:
    inner = text.strip()
    return not inner or inner in _FORMS or not _rest_after_place(inner) or inner == "中国"


def _without_place(key: str) -> str:
    rest = _rest_after_place(key)
    return rest if len(rest) >= _ENOUGH and rest not in _GENERIC else key


def _rest_after_place(text: str) -> str:
    """What follows a province, a city, or both, at the beginning."""
    for known in (PROVINCES, CITIES):
        if text[:2] not in _BEGINNINGS:
            return text
        place = next((text[:n] for n in range(min(len(text), _LONGEST), 1, -1) if text[:n] in known), "")
        if place:
            rest = text.removeprefix(place)
            ending = next((one for one in _ENDINGS if rest.startswith(one)), "")
            text = text if place in _NAMESAKES and not ending else rest.removeprefix(ending)
    return text
