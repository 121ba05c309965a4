"""How people call colleagues, departments and values: full, short, by surname, with a title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.spoken import spoken

if TYPE_CHECKING:
    from bot.insight.ask.lexicon import Department, Person

D = Dimension

COMPOUND = frozenset(
    spoken(
        "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 夏侯 独孤 南宫 宇文 长孙 轩辕 端木 呼延 "
        "闻人 百里 东郭 西门 申屠 澹台 公冶 宗政 濮阳 太叔 仲孙 钟离 鲜于 闾丘 司空 司寇 子车 颛孙 巫马 "
        "公西 漆雕 乐正 拓跋 夹谷 宰父 谷梁 段干 第五 完颜 赫连 万俟"
    )
)
TITLES = spoken("总 经理 主管 哥 姐 老师 老板 同学 先生 女士 总监 主任 组长 队长")
REGION_ENDS = spoken("销售大区 大区 区域 地区 片区 战区 分公司 事业部 分部 中心 大部 区 部")
TEAM_ENDS = spoken("销售组 小组 团队 办事处 分公司 分部 组 部 队")
COMPANY_ENDS = spoken("股份有限公司 有限责任公司 有限公司 公司 集团 科技 软件 网络 信息 技术 控股")
SOURCE_ENDS = spoken("推广 广告 竞价 信息流 搜索 投放 旗舰店 平台 直播 电话 引流")
#: Each kind of value with the words that may follow it and add nothing.
VALUE_ENDS: Mapping[str, tuple[str, ...]] = {
    D.SOURCE: ("渠道", "来源"),
    D.INDUSTRY: ("业", "行业", "企业"),
    D.PRODUCT: ("产品", "套餐"),
    D.STAGE: ("阶段", "环节"),
    D.CHANNEL: ("渠道", "通道", "触达"),
    D.CAMPAIGN: ("活动", "这个活动"),
    D.TAG: ("标签", "这个标签"),
    D.LOST_REASON: ("原因", "问题"),
    D.INVALID_REASON: ("原因",),
    D.LIFECYCLE: ("期", "阶段"),
}
CHANNEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "邮件": spoken("email e-mail mail edm 电子邮件 邮箱"),
    "短信": ("sms", "手机短信"),
    "企业微信": ("企微",),
    "公众号": ("微信公众号", "服务号"),
    "小程序": ("微信小程序",),
    "微信客服": ("客服微信",),
}
SHORTEST = 2
_LINKS = ("是", "为", "在", "处于", "到了")


@dataclass(frozen=True, slots=True)
class Named:
    """A word for one value; a lower tier is a truer name for it."""

    word: str
    dimension: str
    value: str
    tier: int = 0
    sure: bool = True


def person_words(people: Iterable[Person]) -> Iterator[Named]:
    """Full names and ids; given names of two characters; nicknames, which are asked about."""
    for person in people:
        owner = (D.OWNER.value, person.user_id)
        for full in (person.name, person.user_id, *person.aliases):
            yield Named(full, *owner)
        yield from (Named(person.name + title, *owner) for title in TITLES)
        surname, given = split_name(person.name)
        if len(given) == SHORTEST:
            yield Named(given, *owner, tier=2)
        if len(surname) == SHORTEST:
            yield Named(surname, *owner, tier=2)
        if surname:
            nicknames = (
                *(surname + title for title in TITLES),
                f"小{surname}",
                f"老{surname}",
                f"阿{given[-1:]}",
            )
            yield from (Named(nickname, *owner, tier=3, sure=False) for nickname in nicknames)


def company_words(name: str) -> Iterator[str]:
    """The company's name, and shorter ones without what many companies' names end in."""
    while len(name) >= SHORTEST:
        yield name
        end = next((end for end in COMPANY_ENDS if name.endswith(end)), "")
        if not end:
            return
        name = name.removesuffix(end)


def split_name(name: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name; nothing for any other."""
    if not all("\u4e00" <= char <= "\u9fff" for char in name) or len(name) < SHORTEST:
        return "", ""
    cut = 2 if name[:2] in COMPOUND and len(name) > SHORTEST else 1
    return name[:cut], name[cut:]


def place_words(departments: Iterable[Department]) -> Iterator[Named]:
    """Regions and teams with and without 大区 and 组."""
    for department in departments:
        yield from _place(department.region, D.REGION, REGION_ENDS, ("大区", "区", "区域", "地区", "片区"))
        for team in department.teams:
            yield from _place(team, D.TEAM, TEAM_ENDS, ("组", "小组", "团队", "销售组"))


def _place(name: str, dimension: Dimension, ends: tuple[str, ...], adds: tuple[str, ...]) -> Iterator[Named]:
    yield Named(name, dimension.value, name)
    end = next((end for end in ends if name.endswith(end)), "")
    core = name.removesuffix(end)
    if len(core) < SHORTEST:
        return
    yield Named(core, dimension.value, name, tier=1)
    yield from (Named(core + add, dimension.value, name, tier=1) for add in adds)


def value_words(values: Mapping[str, tuple[str, ...]]) -> Iterator[Named]:
    """Values with and without the words that usually follow them."""
    for key, names in values.items():
        for name in names:
            if key != D.LIFECYCLE:
                yield Named(name, key, name)
            else:
                # 服务 and 购买 alone are words of every day.
                yield from (Named(f"生命周期{link}{name}", key, name, tier=1) for link in ("", *_LINKS))
            yield from (Named(name + end, key, name, tier=1) for end in VALUE_ENDS.get(key, ()))
            yield from _short(key, name)


def _short(key: str, name: str) -> Iterator[Named]:
    if key == D.SOURCE:
        cores = (name.removesuffix(end) for end in SOURCE_ENDS if name.endswith(end))
        for core in cores:
            if len(core) >= SHORTEST and not core.isdigit():
                yield Named(core, key, name, tier=2)
                yield from (Named(core + end, key, name, tier=2) for end in VALUE_ENDS[key])
    elif key == D.STAGE and len(name) == 2 * SHORTEST:
        yield from (Named(half + "阶段", key, name, tier=2) for half in (name[:2], name[2:]))
    elif key == D.CHANNEL:
        for word in CHANNEL_WORDS.get(name, ()):
            yield from (Named(word + end, key, name, tier=2) for end in ("", *VALUE_ENDS[key]))
