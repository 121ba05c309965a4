"""What a command says beside itself (本季度 华东), understood as a question about one metric."""

from __future__ import annotations

from bot.crm.user import User
from bot.insight.answers.company_words import asker_of, lexicon_of
from bot.insight.ask.answer import Answer
from bot.insight.ask.conversation import ask
from bot.insight.ask.lexicon import Lexicon
from bot.store import users
from bot.store.desk import Desk

#: Understood as a question about won amount still to come, or already there.
FORECAST, LOST, WON = "销售预测", "输单数", "赢单数"


async def lexicon_here(desk: Desk) -> Lexicon:
    """The company's words of this moment."""
    return lexicon_of(desk.company, await users.everybody(desk.tx))


def asked_about(desk: Desk, actor: User, lexicon: Lexicon, about: str, metric: str) -> Answer:
    """The same grammar, periods and rights as any question."""
    return ask(
        [f"{about}{metric}"],
        asker=asker_of(actor),
        lexicon=lexicon,
        now=desk.now,
        tz=desk.company.org.zone,
    )
