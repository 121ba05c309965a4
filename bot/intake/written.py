"""A person as a colleague writes him down: name, phone, company and a note, in any order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from bot.crm.company import Company
from bot.crm.company.places import CITIES, PROVINCES
from bot.crm.written import half_width
from bot.intake.clean.phone import read_phone
from bot.intake.clean.text import paragraph

_MOBILE = re.compile(r"(?<![\d@.])(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)", re.ASCII)
_NUMBER = re.compile(r"(?<![\d@.])\+?\d[\d\s\-()]{5,22}\d(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BETWEEN = re.compile(r"[\s,;。、|]+")
_FIRM = re.compile(
    r"公司|集团|有限|(?:科技|股份|实业|厂|银行|医院|学校|大学|学院|中心|事务所|酒店|超市|商行|贸易|商贸|工作室|研究院|研究所"
    r"|软件|电子|网络|传媒|物流|地产|制造|医药|制药|电器|机械|食品|服饰|教育|咨询|装饰|建材|化工|能源|智能|信息|材料|汽车)$"
)
_LATIN_FIRM = re.compile(
    r"(?:[A-Z][\w&'-]*\s+){1,4}(?:Co\.?\s*,?\s*)?(?:Inc|Ltd|LLC|Corp|GmbH|Limited|Co)\b\.?"
)
_TITLE = re.compile(
    r".{0,6}(?:总监|经理|总裁|董事长|董事|主管|主任|厂长|院长|校长|店长|部长|科长|处长|采购|负责人|老板|工程师|助理|专员|创始人"
    r"|合伙人|ceo|cto|cfo|coo|cio|cmo|vp|hr)",
    re.IGNORECASE,
)
_POLITE = re.compile(r"[\u4e00-\u9fff]{1,3}(?:先生|女士|小姐|老师|总|经理|工|哥|姐)")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,8}|[A-Za-z][A-Za-z'-]{1,19}")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庄温牛樊"
    "葛邢安齐伍庞颜倪聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柏欧裴翁纪梅童凌毕单季成霍涂苗谷曲盛冉翁蓝路游辛靳"
)
_COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "端木",
)
_FROM = re.compile(r"^(?:来自|来源于?|从)")
#: Words for the note, besides those of the field itself.
_NOTE_WORDS = ("备注", "说明", "情况")


def read_written(company: Company, text: str) -> dict[str, object]:
    """Give the fields that a text tells; what is none of them is the note (`message`)."""
    rest = paragraph(half_width(text))
    found: dict[str, object] = {}
    rest = _labelled(company, rest, found)
    rest = _cut(_MAIL, rest, lambda word: _put(found, "email", word))
    for pattern in (_MOBILE, _NUMBER):
        rest = _cut(pattern, rest, lambda word: read_phone(word) is not None and _put(found, "phone", word))
    rest = _cut(_LATIN_FIRM, rest, lambda word: _put(found, "company", word))
    note = [word for word in _BETWEEN.split(rest) if word and not _told(company, word, found)]
    if "name" not in found:
        _first_name(note, found)
    said = found.get("message")
    notes = [str(said)] if said else []
    if note:
        notes.append(" ".join(note))
    if notes:
        found["message"] = "，".join(notes)
    return found


def _labelled(company: Company, text: str, found: dict[str, object]) -> str:
    """Take out 公司：云帆 and its like, by every word that the company has for a field."""
    pattern, keys = _labels(company)

    def take(match: re.Match[str]) -> str:
        key = keys[match["label"].lower()]
        if key in found:
            return match[0]
        found[key] = match["value"].strip()
        return " "

    return pattern.sub(take, text)


@lru_cache(maxsize=8)
def _labels(company: Company) -> tuple[re.Pattern[str], Mapping[str, str]]:
    keys = {word.lower(): key for key, words in company.lexicon_words()["field"].items() for word in words}
    keys.update(dict.fromkeys(_NOTE_WORDS, "message"))
    spelled = "|".join(re.escape(word) for word in sorted(keys, key=len, reverse=True))
    value = rf"[^,;\n]+?(?=\s*(?:{spelled})\s*[:=]|[,;\n]|$)"
    return re.compile(rf"(?P<label>{spelled})\s*[:=]\s*(?P<value>{value})", re.IGNORECASE), keys


def _cut(pattern: re.Pattern[str], text: str, take: Callable[[str], bool]) -> str:
    return pattern.sub(lambda match: " , " if take(match[0].strip()) else match[0], text)


def _put(found: dict[str, object], key: str, value: str) -> bool:
    if key in found:
        return False
    found[key] = value
    return True


def _told(company: Company, word: str, found: dict[str, object]) -> bool:
    """Put a single word where it belongs; False if it belongs nowhere."""
    bare = _FROM.sub("", word)
    for key in ("source", "industry", "campaign"):
        for name, words in company.lexicon_words()[key].items():
            if bare in words:
                return _put(found, key, name)
    place = bare.removesuffix("市").removesuffix("省")
    if place in CITIES or place in PROVINCES:
        return _put(found, "city" if place in CITIES else "province", place)
    if _POLITE.fullmatch(word) and word[0] in _SURNAMES:
        return _put(found, "name", word)
    if _FIRM.search(word):
        return _put(found, "company", word)
    if _TITLE.fullmatch(word):
        return _put(found, "title", word)
    return _looks_like_name(word) and _put(found, "name", word)


def _looks_like_name(word: str) -> bool:
    if not _NAME.fullmatch(word):
        return False
    return word[0].isascii() or "·" in word or _has_surname(word)


def _has_surname(word: str) -> bool:
    return (word[0] in _SURNAMES and len(word) <= 3) or word.startswith(_COMPOUND)  # noqa: PLR2004 - 王小明


def _first_name(note: list[str], found: dict[str, object]) -> None:
    """A rare surname: the first short word that nothing else explains is taken for the name."""
    word = next((one for one in note[:1] if _NAME.fullmatch(one)), None)
    if word is not None:
        found["name"] = word
        note.remove(word)
