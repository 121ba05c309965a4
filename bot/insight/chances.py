"""How likely a lead is to be won: what the card is asked about, and what is said when there is no card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.crm.company import Company
from bot.crm.company.fields import BUILT_IN
from bot.rules.scorecard.bins import Facts
from bot.rules.scorecard.card import Forecast, Outcome, Proof, TooFew, TooWeak, Trained, train
from bot.rules.scorecard.spelled import read, spell
from bot.store import scorecards
from bot.store.desk import Desk
from bot.store.reads.outcomes import Known, known
from bot.store.scorecards import Kept
from bot.store.tx import Tx

#: A lead as old as this and without a deal is taken for lost.
RIPE = timedelta(days=90)
_ABOUT = ("source", "form", "region", "industry", "title")
_LEARNABLE = frozenset({"number", "money", "choice", "flag"})
#: Ranks in titles, the highest first: 销售总监助理 is rare, 总监 is not.
_RANKS = (
    ("一把手", ("CEO", "首席执行官", "总经理", "董事长", "创始人", "总裁", "老板")),
    ("总监", ("总监", "副总", "VP", "CTO", "CIO", "CFO", "CMO", "COO")),
    ("经理", ("经理", "主管", "主任", "部长")),
    ("专员", ("专员", "助理", "工程师", "顾问", "代表", "文员")),
)


@dataclass(frozen=True, slots=True)
class Told:
    """The chance of one lead by the newest card, and how good that card is."""

    forecast: Forecast
    proof: Proof
    won: int
    lost: int
    at: datetime

    @property
    def usual(self) -> float:
        """The share of the leads it learned from that were won."""
        return self.won / (self.won + self.lost)


@dataclass(frozen=True, slots=True)
class RulesAlone:
    """No card to go by; None when no night has passed yet."""

    kept: Kept | None


def fields_of(company: Company) -> tuple[str, ...]:
    """What the card may learn from."""
    own = (field.key for field in company.fields.fields if _is_own(field.key, field.type))
    return (*_ABOUT, *own, *(f"event:{event}" for event in company.scoring.events))


def label_of(company: Company, name: str) -> str:
    """What people call it."""
    if name.startswith("event:"):
        return company.scoring.events.get(name.removeprefix("event:"), name)
    spec = company.registry.get(name)
    return spec.label if spec else name


def facts_of(company: Company, one: Known) -> Facts:
    """One lead as the card sees it: nothing that came of sales' own work."""
    about = {
        "source": one.source, "form": one.form, "region": one.region, "industry": one.industry,
        "title": _rank(one.title),
    }  # fmt: skip
    own = {key: _plain(value) for key, value in one.custom.items()}
    done = {f"event:{event}": float(one.behaviour.get(event, 0)) for event in company.scoring.events}
    return {**about, **own, **done}


def learn(company: Company, found: list[Known]) -> Trained | TooFew | TooWeak:
    """Train on what came to an end; takes seconds, so not on the loop."""
    return train([Outcome(facts_of(company, one), bool(one.won)) for one in found], fields_of(company))


async def keep(desk: Desk, result: Trained | TooFew | TooWeak) -> None:
    """Write down what came of it; from now on it is gone by."""
    match result:
        case Trained(card=card, proof=proof, leads=leads, won=won):
            await scorecards.keep(
                desk, outcome="trained", won=won, lost=leads - won, auc=proof.auc, body=spell(card, proof)
            )
        case TooFew(won=won, lost=lost):
            await scorecards.keep(desk, outcome="too_few", won=won, lost=lost, auc=None, body={})
        case TooWeak(proof=proof, won=won, lost=lost):
            await scorecards.keep(desk, outcome="too_weak", won=won, lost=lost, auc=proof.auc, body={})


async def chance_of(tx: Tx, company: Company, lead_id: str) -> Told | RulesAlone:
    """Ask the newest card about one lead."""
    kept, one = await scorecards.latest(tx), await known(tx, lead_id)
    if kept is None or kept.outcome != "trained" or one is None:
        return RulesAlone(kept)
    card, proof = read(kept.body)
    return Told(card.forecast(facts_of(company, one)), proof, kept.won, kept.lost, kept.at)


def _is_own(key: str, type_: str) -> bool:
    return key not in BUILT_IN and type_ in _LEARNABLE


def _rank(title: str) -> str:
    if not title:
        return ""
    return next((rank for rank, words in _RANKS if any(word in title.upper() for word in words)), "其他职位")


def _plain(value: object) -> str | float | None:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return None
