"""config/contact_ways.yaml: codes and links that hang somewhere for long, and what comes by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import model_validator

from bot.crm.company import cross_check_words
from bot.crm.company.words import Key, Label, Text, UserId
from bot.kit.yaml import Path
from bot.kit.yaml_model import FaultAtError, Strict

if TYPE_CHECKING:
    from bot.crm.company.company import Company

#: `code`: a WeCom QR code (联系我). `link`: an acquisition link (获客链接). `scene`: an official account's.
#: `form`: the page of a form of ours (签到、报名).
WayKind: TypeAlias = Literal["code", "link", "scene", "form"]
#: Whose the lead is: the colleague's who was added, or whoever the routing rules say.
Whose: TypeAlias = Literal["added", "rule"]


class StandingWay(Strict):
    """One code or link."""

    #: How people ask for it: 活码 展会.
    name: Label
    kind: WayKind = "code"
    source: Label
    campaign: Label | None = None
    #: Which of our forms it is like: whether its leads ring, where the rules decide.
    form: Key | None = None
    reps: tuple[UserId, ...] = ()
    #: All reps of a pool instead.
    pool: Key | None = None
    owner: Whose = "added"
    #: Said first, in place of the one for all; {company} and {name} become ours and his.
    greeting: Text | None = None
    #: Of a scene: which official account.
    account: Key | None = None

    @model_validator(mode="after")
    def _sound(self) -> StandingWay:
        if self.kind == "scene":
            if self.account is None:
                msg = "公众号的码要写 account，是 LEADBELL_WECHAT__ 后面的账号名"
                raise FaultAtError(("kind",), msg)
            if self.reps or self.pool:
                msg = "公众号的码不加同事，不写 reps 和 pool"
                raise FaultAtError(("reps",) if self.reps else ("pool",), msg)
            return self
        if self.kind == "form":
            if self.form is None:
                msg = "表单的码要写 form，是 config/forms.yaml 里的表单"
                raise FaultAtError(("kind",), msg)
            if self.reps or self.pool:
                msg = "表单的码不加同事，不写 reps 和 pool"
                raise FaultAtError(("reps",) if self.reps else ("pool",), msg)
            return self
        if bool(self.reps) == bool(self.pool):
            msg = "reps 和 pool 要写一个，只写一个"
            raise FaultAtError(("reps",) if self.reps else (), msg)
        return self


class ContactWays(Strict):
    """All of them."""

    ways: tuple[StandingWay, ...] = ()

    def get(self, name: str) -> StandingWay | None:
        """The one of this name, however it was typed."""
        wanted = name.strip().casefold()
        return next((one for one in self.ways if one.name.casefold() == wanted), None)


def faults(company: Company) -> Iterator[tuple[Path, str]]:
    """What it names and the other files do not know."""
    words = company.lexicon_words()
    names = [one.name.casefold() for one in company.contact_ways.ways]
    pools = [one.id for one in company.pools.pools]
    forms = [one.id for one in company.forms.forms]
    for index, way in enumerate(company.contact_ways.ways):
        at: Path = ("ways", index)
        if way.name.casefold() in names[:index]:
            yield (*at, "name"), cross_check_words.twice("活码", way.name)
        if way.source not in words["source"]:
            yield (*at, "source"), cross_check_words.unknown("来源", way.source, words["source"])
        if way.campaign is not None and way.campaign not in words["campaign"]:
            yield (*at, "campaign"), cross_check_words.unknown("活动", way.campaign, words["campaign"])
        if way.pool is not None and way.pool not in pools:
            yield (*at, "pool"), cross_check_words.unknown("公海", way.pool, pools)
        if way.form is not None and way.form not in forms:
            yield (*at, "form"), cross_check_words.unknown("表单", way.form, forms)
