"""One meaning for each name said, among those the asker may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.crm.metrics.dimension import Dimension, dimension_name
from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.insight.ask import rights, texts
from bot.insight.ask.draft import Draft
from bot.insight.ask.lexicon import Asker, Lexicon, Person
from bot.insight.ask.said import Choice, Spoken
from bot.insight.ask.trouble import Option, Trouble, TroubleError

D = Dimension
OWNER, TEAM, REGION = D.OWNER.value, D.TEAM.value, D.REGION.value
PLACES = {TEAM, REGION}
COST = "channel_cost"
Metrics = tuple[Metric, ...]


def settle_names(
    draft: Draft, metrics: Metrics, asker: Asker, lexicon: Lexicon
) -> tuple[rights.Where, Metrics]:
    """The filter, and the metrics, which a reason may make more exact."""
    metrics = _by_reason(draft, metrics)
    where: rights.Where = {}
    for place in range(len(draft.named)):
        choices = _choices(draft, place, metrics)
        people = [choice for choice in choices if choice[0] == OWNER]
        if people:
            found = _person(draft, place, people, asker=asker, lexicon=lexicon)
        else:
            everyone_may = rights.is_open(metrics)
            found = _value(draft, place, choices, asker=asker, lexicon=lexicon, everyone_may=everyone_may)
        where.setdefault(found[0], set()).add(found[1])
    _check_stage(where, metrics, draft, lexicon)
    return _check_places(draft, where, asker, lexicon), metrics


def _by_reason(draft: Draft, metrics: Metrics) -> Metrics:
    """空号线索: leads with an invalid reason are the invalid ones."""
    reasons = any(one.dimensions == {D.INVALID_REASON.value} for one in draft.named)
    if reasons and [metric.id for metric in metrics] == ["new_leads"]:
        return (METRICS["invalid_leads"],)
    return metrics


def _choices(draft: Draft, place: int, metrics: Metrics) -> list[Choice]:
    """What a name may mean for these metrics."""
    spoken = draft.named[place]
    choices = _paid_for(spoken.choices, metrics)
    taken = [choice for choice in choices if all(metric.takes(choice[0]) for metric in metrics)]
    if taken:
        return taken
    dimension, value = spoken.choices[0]
    if dimension == OWNER:
        value = dimension_name(OWNER)
    wrong = next(metric for metric in metrics if not metric.takes(dimension))
    without = replace(draft, named=(*draft.named[:place], *draft.named[place + 1 :]))
    options = () if dimension in {OWNER, TEAM, REGION} else (Option(wrong.name, without),)
    raise TroubleError(Trouble(texts.cannot_filter(wrong.name, value), options))


def _paid_for(choices: tuple[Choice, ...], metrics: Metrics) -> tuple[Choice, ...]:
    """What messages cost is booked under the name of their channel: 短信花费 is what was spent on it."""
    if any(metric.id != COST for metric in metrics):
        return choices
    found = [(D.SOURCE.value, value) if key == D.CHANNEL.value else (key, value) for key, value in choices]
    return tuple(dict.fromkeys(found))


def _person(draft: Draft, place: int, choices: list[Choice], *, asker: Asker, lexicon: Lexicon) -> Choice:
    spoken = draft.named[place]
    people = [person for _, metric_id in choices if (person := lexicon.person(metric_id)) is not None]
    there = [person for person in people if _is_within(person, spoken.within)]
    if not there and any(rights.may_see_person(asker, person) for person in people):
        raise TroubleError(Trouble(texts.NOBODY_THERE, is_unknown=True))
    seen = [person for person in there if rights.may_see_person(asker, person)]
    if not seen:
        raise TroubleError(Trouble.refused())
    if len(seen) > 1 or not spoken.sure:
        reply = texts.WHICH_PERSON if len(seen) > 1 else texts.IS_IT_HIM
        options = [Option(_label(one), _chosen(draft, place, (OWNER, one.user_id))) for one in seen]
        raise TroubleError(Trouble(reply, tuple(options)))
    return OWNER, seen[0].user_id


def _is_within(person: Person, within: Sequence[Choice]) -> bool:
    """In one of the regions and one of the teams said before his name."""
    by_dimension: dict[str, set[str]] = {}
    for dimension, value in within:
        by_dimension.setdefault(dimension, set()).add(value)
    at = {REGION: person.region, TEAM: person.team}
    return all(at[dimension] in values for dimension, values in by_dimension.items() if dimension in at)


def _label(person: Person) -> str:
    """A name with its department, so that namesakes can be told apart."""
    where = "·".join(part for part in (person.region, person.team) if part)
    return f"{person.name}({where})" if where else person.name


def _value(
    draft: Draft, place: int, choices: list[Choice], *, asker: Asker, lexicon: Lexicon, everyone_may: bool
) -> Choice:
    seen = [
        choice
        for choice in choices
        if choice[0] not in PLACES or rights.may_see_place(asker, *choice, lexicon, is_open=everyone_may)
    ]
    if not seen:
        raise TroubleError(Trouble.refused())
    if len(seen) > 1:
        same = len({dimension for dimension, _ in seen}) == 1
        options = [
            Option(
                value if same else f"{value}({dimension_name(dimension)})",
                _chosen(draft, place, (dimension, value)),
            )
            for dimension, value in seen
        ]
        raise TroubleError(Trouble(texts.WHICH_VALUE, tuple(options)))
    return seen[0]


def _chosen(draft: Draft, place: int, choice: Choice) -> Draft:
    return replace(draft, named=(*draft.named[:place], Spoken((choice,)), *draft.named[place + 1 :]))


def _check_stage(where: rights.Where, metrics: Metrics, draft: Draft, lexicon: Lexicon) -> None:
    """A closed stage holds no open opportunity."""
    snapshot = any(metric.id in {"open_deals", "pipeline_amount"} for metric in metrics)
    if not snapshot or not where.get(D.STAGE.value, set()) & lexicon.closed_stages:
        return
    named = tuple(one for one in draft.named if one.dimensions != {D.STAGE.value})
    options = tuple(
        Option(METRICS[closed].name, replace(draft, metrics=((closed,),), named=named))
        for closed in ("won_deals", "lost_deals")
    )
    raise TroubleError(Trouble(texts.CLOSED_STAGE, options))


def _check_places(draft: Draft, where: rights.Where, asker: Asker, lexicon: Lexicon) -> rights.Where:
    """A team lies in the region named; a team's name that several regions have is asked about."""
    regions = where.get(REGION, set())
    for team in where.get(TEAM, set()):
        homes = set(lexicon.regions_of(team))
        if regions and not regions & homes:
            raise TroubleError(Trouble(texts.TEAM_ELSEWHERE))
        seen = [
            one for one in sorted(homes) if rights.may_see_place(asker, REGION, one, lexicon, is_open=False)
        ]
        if len(homes) > 1 and not regions:
            if len(seen) == 1:
                return {**where, REGION: {seen[0]}}
            options = [
                Option(f"{one}{team}", replace(draft, named=(*draft.named, Spoken(((REGION, one),)))))
                for one in seen
            ]
            raise TroubleError(Trouble(texts.WHICH_VALUE, tuple(options)))
    return where
