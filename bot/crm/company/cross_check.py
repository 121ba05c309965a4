"""Do the files agree with each other? Every reference that leads nowhere, with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeAlias

from bot.crm.company import cross_check_marketing, cross_check_words, places, web_check
from bot.crm.company.company import Company
from bot.crm.company.fields import BUILT_IN
from bot.crm.company.pipeline import DEAL_FIELDS
from bot.crm.company.routing import RoutingRule, ToLeastBusy, ToMembers, ToPool, ToRegionPool
from bot.crm.condition_check import misfits
from bot.crm.lead import LeadStatus
from bot.kit.yaml import ConfigError, Document, Path

#: A place in a file and what is wrong there.
Fault: TypeAlias = tuple[Path, str]


def errors(company: Company, documents: Mapping[str, Document]) -> list[ConfigError]:
    """Check everything that one file says about another."""
    found: list[ConfigError] = []
    for name, check in _CHECKS.items():
        found += [documents[name].error(path, message) for path, message in check(company)]
    return found


def _unknown(path: Path, kind: str, name: str | None, known: Collection[str]) -> Iterator[Fault]:
    if name is not None and name not in known:
        yield path, cross_check_words.unknown(kind, name, known)


def _twice(path: Path, kind: str, names: list[str], *, key: str = "name") -> Iterator[Fault]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (*path, index, key), cross_check_words.twice(kind, name)


def _aliases(path: Path, kind: str, words: Mapping[str, tuple[str, ...]]) -> Iterator[Fault]:
    """A word that means two things of one kind would make every question about it ambiguous."""
    owner: dict[str, str] = {name: name for name in words}
    for index, (name, aliases) in enumerate(words.items()):
        for at, alias in enumerate(aliases[1:]):
            if owner.setdefault(alias, name) != name:
                yield (*path, index, "aliases", at), cross_check_words.ambiguous(kind, alias, owner[alias])


def _names(company: Company, kind: str) -> Collection[str]:
    return company.lexicon_words()[kind]


def _words(company: Company, kind: str) -> Collection[str]:
    return [word for words in company.lexicon_words()[kind].values() for word in words]


def _org(company: Company) -> Iterator[Fault]:
    org = company.org
    yield from _twice(("regions",), "区域", [region.name for region in org.regions])
    yield from _aliases(("regions",), "区域", company.lexicon_words()["region"])
    yield from _twice(("teams",), "小组", [team.name for team in org.teams])
    for index, team in enumerate(org.teams):
        yield from _unknown(("teams", index, "region"), "区域", team.region, _names(company, "region"))
    yield from _twice(("people",), "成员", [one.userid for one in org.people], key="userid")
    for index, one in enumerate(org.people):
        yield from _unknown(("people", index, "region"), "区域", one.region, _words(company, "region"))
        yield from _unknown(("people", index, "team"), "小组", one.team, _words(company, "team"))
    for kind, known in (("provinces", places.PROVINCES), ("cities", places.CITIES)):
        taken: dict[str, str] = {}
        for index, region in enumerate(org.regions):
            listed = region.provinces if kind == "provinces" else region.cities
            for at, place in enumerate(listed):
                where: Path = ("regions", index, kind, at)
                yield from _unknown(where, "省份" if kind == "provinces" else "城市", place, known)
                if place in taken:
                    yield where, cross_check_words.taken(place, taken[place])
                taken[place] = region.name


def _fields(company: Company) -> Iterator[Fault]:
    fields = company.fields.fields
    yield from _twice(("fields",), "字段", [one.key for one in fields], key="key")
    yield from _twice(("fields",), "字段名称", [one.label for one in fields], key="label")
    missing = [key for key in BUILT_IN if company.fields.get(key) is None]
    if missing:
        yield ("fields",), cross_check_words.built_in_missing(missing)


def _forms(company: Company) -> Iterator[Fault]:
    forms = company.forms
    yield from _twice(("forms",), "表单", [form.id for form in forms.forms], key="id")
    yield from _twice(("consents",), "同意条款", [consent.id for consent in forms.consents], key="id")
    known = {field.key: field.label for field in company.fields.fields}
    for index, form in enumerate(forms.forms):
        at: Path = ("forms", index)
        yield from _unknown((*at, "source"), "来源", form.source, _names(company, "source"))
        yield from _unknown((*at, "campaign"), "活动", form.campaign, _names(company, "campaign"))
        consents = [consent.id for consent in forms.consents]
        yield from _unknown((*at, "consent"), "同意条款", form.consent, consents)
        yield from _twice((*at, "fields"), "字段", [asked.field for asked in form.fields], key="field")
        for place, asked in enumerate(form.fields):
            yield from _unknown((*at, "fields", place, "field"), "字段", asked.field, known)
        if not {asked.field for asked in form.fields} & {"phone", "email", "external_id"}:
            yield (*at, "fields"), cross_check_words.NO_CONTACT


def _scoring(company: Company) -> Iterator[Fault]:
    scoring = company.scoring
    yield from _twice(("rules",), "规则", [rule.id for rule in scoring.rules], key="id")
    yield from _twice(("tiers",), "分层", [tier.key for tier in scoring.tiers], key="key")
    for index, rule in enumerate(scoring.rules):
        at: Path = ("rules", index)
        yield from _unknown((*at, "event"), "行为", rule.event, scoring.events)
    yield from cross_check_marketing.scoring(company)


def _pools(company: Company) -> Iterator[Fault]:
    pools = company.pools.pools
    yield from _twice(("pools",), "公海", [pool.id for pool in pools], key="id")
    yield from _twice(("pools",), "公海名称", [pool.name for pool in pools])
    ids = [pool.id for pool in pools]
    yield from _unknown(
        ("terms", "protection", "recycle_to"), "公海", company.pools.terms.protection.recycle_to, ids
    )
    for index, pool in enumerate(pools):
        own = pool.terms.protection
        place: Path = ("pools", index, "terms", "protection", "recycle_to")
        yield from _unknown(place, "公海", own.recycle_to if own else None, ids)
        for at, region in enumerate(pool.regions):
            where: Path = ("pools", index, "regions", at)
            yield from _unknown(where, "区域", region, _names(company, "region"))


def _routing(company: Company) -> Iterator[Fault]:
    pool_ids = [pool.id for pool in company.pools.pools]
    yield from _unknown(("otherwise",), "公海", company.routing.otherwise, pool_ids)
    yield from _twice(("rules",), "规则", [rule.name for rule in company.routing.rules])
    for index, rule in enumerate(company.routing.rules):
        at: Path = ("rules", index)
        yield from _target(company, rule, at, pool_ids)
        if rule.when is not None:
            for path, message in misfits(rule.when, company.registry):
                yield (*at, "when", *path), message
        elif _fits_all(rule) and index < len(company.routing.rules) - 1:
            yield (*at, "name"), cross_check_words.never_reached(company.routing.rules[index + 1].name)


def _fits_all(rule: RoutingRule) -> bool:
    return rule.during == "always" and not isinstance(rule.to, ToRegionPool)


def _target(company: Company, rule: RoutingRule, at: Path, pool_ids: list[str]) -> Iterator[Fault]:
    match rule.to:
        case ToPool(pool=pool):
            yield from _unknown((*at, "to", "pool"), "公海", pool, pool_ids)
        case ToRegionPool():
            regions = company.lexicon_words()["region"]
            misspelt = any(one not in regions for pool in company.pools.pools for one in pool.regions)
            bare = [one for one in regions if company.pools.of_region(one) is None]
            if bare and not misspelt:
                yield (*at, "to", "region_pool"), cross_check_words.region_without_pool(bare)
        case ToMembers(round_robin=members):
            yield from _member_twice((*at, "to", "round_robin"), members)
        case ToLeastBusy(least_busy=members):
            yield from _member_twice((*at, "to", "least_busy"), members)
        case _:
            pass  # People are in the address book, which is not a file; `people_check` looks there.


def _member_twice(at: Path, members: tuple[str, ...]) -> Iterator[Fault]:
    for index, member in enumerate(members):
        if member in members[:index]:
            yield (*at, index), cross_check_words.twice("成员", member)


def _scripts(company: Company) -> Iterator[Fault]:
    known = [*(status.value for status in LeadStatus), *_names(company, "stage")]
    seen: set[tuple[str | None, str | None]] = set()
    for index, script in enumerate(company.scripts.scripts):
        at: Path = ("scripts", index)
        yield from _unknown((*at, "source"), "来源", script.source, _names(company, "source"))
        yield from _unknown((*at, "stage"), "状态或阶段", script.stage, known)
        if (script.source, script.stage) in seen:
            yield (*at, "text"), cross_check_words.SCRIPT_TWICE
        seen.add((script.source, script.stage))


def _pipeline(company: Company) -> Iterator[Fault]:
    yield from _twice(("stages",), "阶段", [stage.name for stage in company.pipeline.stages])
    yield from _aliases(("stages",), "阶段", company.lexicon_words()["stage"])
    for index, stage in enumerate(company.pipeline.stages):
        for at, required in enumerate(stage.requires):
            yield from _unknown(("stages", index, "requires", at), "商机字段", required, DEAL_FIELDS)


def _catalogue(company: Company) -> Iterator[Fault]:
    lists = {"sources": ("source", "来源"), "industries": ("industry", "行业")}
    lists |= {"products": ("product", "产品"), "campaigns": ("campaign", "活动")}
    for key, (kind, label) in lists.items():
        yield from _twice((key,), label, [one.name for one in getattr(company.catalogue, key)])
        yield from _aliases((key,), label, company.lexicon_words()[kind])
    for index, campaign in enumerate(company.catalogue.campaigns):
        where: Path = ("campaigns", index, "source")
        yield from _unknown(where, "来源", campaign.source, _names(company, "source"))


def _reasons(company: Company) -> Iterator[Fault]:
    for kind in ("invalid", "returned", "lost", "reassigned", "rejected"):
        listed: tuple[str, ...] = getattr(company.reasons, kind)
        for index, reason in enumerate(listed):
            if reason in listed[:index]:
                yield (kind, index), cross_check_words.twice("原因", reason)


def _channels(company: Company) -> Iterator[Fault]:
    channels = company.channels.channels
    yield from _twice(("channels",), "渠道", [channel.key for channel in channels], key="key")
    yield from _twice(("channels",), "渠道", [channel.name for channel in channels])
    yield from _aliases(("channels",), "渠道", company.lexicon_words()["channel"])


def _targets(company: Company) -> Iterator[Fault]:
    seen: set[tuple[str | None, ...]] = set()
    for index, target in enumerate(company.targets.targets):
        at: Path = ("targets", index)
        yield from _unknown((*at, "region"), "区域", target.region, _names(company, "region"))
        yield from _unknown((*at, "team"), "小组", target.team, _names(company, "team"))
        whose = (target.owner, target.team, target.region, target.month)
        if whose in seen:
            yield (*at, "month"), cross_check_words.TARGET_TWICE
        seen.add(whose)


_CHECKS: Mapping[str, Callable[[Company], Iterator[Fault]]] = {
    "org": _org,
    "fields": _fields,
    "forms": _forms,
    "tags": cross_check_marketing.tags,
    "scoring": _scoring,
    "segments": cross_check_marketing.segments,
    "pools": _pools,
    "routing": _routing,
    "reasons": _reasons,
    "scripts": _scripts,
    "pipeline": _pipeline,
    "catalogue": _catalogue,
    "channels": _channels,
    "targets": _targets,
    "tracking": web_check.tracking,
    "pages": web_check.pages,
    "webhooks": web_check.webhooks,
}
