"""A conversation of questions: each turn gives an answer and what the next one may refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from bot.crm.metrics.registry import METRICS
from bot.crm.metrics.spoken import spoken
from bot.crm.query import Query
from bot.insight.ask import texts
from bot.insight.ask.answer import Answer, Clarify, Export, Refused, Understood, Unknown
from bot.insight.ask.draft import Draft
from bot.insight.ask.echo import echo
from bot.insight.ask.export import without_export
from bot.insight.ask.join import is_fresh, join, resolved
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.meanings import Moment
from bot.insight.ask.normalise import normalise, squeeze
from bot.insight.ask.numerals import NUMERAL, number
from bot.insight.ask.read import OWNER, PLACES
from bot.insight.ask.said import Problem, Said, Times, Way
from bot.insight.ask.settle import Settler
from bot.insight.ask.trouble import Option, Trouble
from bot.insight.ask.understand import Heard, hear
from bot.insight.ask.unknown import explain, not_understood
from bot.insight.ask.ways_out import ways_out

#: A turn that comes later than this after the last one starts afresh.
LASTS = timedelta(minutes=10)
YES = frozenset(spoken("是 是的 对 对的 好 好的 嗯 可以 行 要 看 ok yes 没错 嗯嗯 好啊 是他 是她 就是"))
#: Said to be polite; no question, whatever was said before.
COURTESY = frozenset(
    spoken(
        "收到 知道了 明白 明白了 了解 了解了 谢谢 多谢 感谢 谢了 "
        "好的谢谢 好的收到 辛苦了 好 好的 ok 嗯 嗯嗯 行"
    )
)
#: What was shown last.
THAT = frozenset(spoken("这个 这些 它 这份 上面的 上面这个 明细 数据 结果 刚才的 刚才那个 这张表 名单"))
#: Which metrics are offered where none was said.
OF_ALL = ("new_leads", "won_amount", "win_rate", "follow_ups")
OF_NAMED = {
    "stage": ("open_deals", "pipeline_amount"),
    "lost_reason": ("lost_deals",),
    "invalid_reason": ("invalid_leads",),
    "channel": ("touches_sent", "delivery_rate", "open_rate", "click_rate"),
    "product": ("won_amount", "won_deals", "new_deals", "win_rate"),
    "source": ("new_leads", "lead_to_won_rate", "won_amount", "channel_cost", "cost_per_lead"),
}
CHOICE = re.compile(rf"(?:选|第)?({NUMERAL})(?:个|号|项)?")

Outcome = tuple[Draft, Query | Trouble]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What follow-up turns need; kept by the caller between messages."""

    draft: Draft | None = None
    #: The ways out that the last answer offered.
    options: tuple[Option, ...] = ()
    #: What was being asked when the last answer asked back.
    pending: Draft | None = None
    asked_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether too much time has passed to refer to it."""
        return self.asked_at is not None and now - self.asked_at > LASTS

    def to_json(self) -> dict[str, Any]:
        """Plain values for storing between two messages."""
        return {
            "draft": self.draft.to_json() if self.draft else None,
            "pending": self.pending.to_json() if self.pending else None,
            "options": [{"label": one.label, "draft": one.draft.to_json()} for one in self.options],
            "asked_at": self.asked_at.isoformat() if self.asked_at else None,
        }

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> Conversation:
        """Read what `to_json` wrote."""
        return cls(
            draft=Draft.from_json(shape["draft"]) if shape["draft"] else None,
            pending=Draft.from_json(shape["pending"]) if shape["pending"] else None,
            options=tuple(Option(one["label"], Draft.from_json(one["draft"])) for one in shape["options"]),
            asked_at=datetime.fromisoformat(shape["asked_at"]) if shape["asked_at"] else None,
        )


def ask(turns: Sequence[str], *, asker: Asker, lexicon: Lexicon, now: datetime, tz: tzinfo) -> Answer:
    """The answer to the last of several turns; ValueError if there are none."""
    if not turns:
        msg = "a question has at least one turn"
        raise ValueError(msg)
    conversation = Conversation()
    for text in turns:
        conversation, answer = step(conversation, text, asker=asker, lexicon=lexicon, now=now, tz=tz)
    return answer


def step(
    conversation: Conversation, text: str, *, asker: Asker, lexicon: Lexicon, now: datetime, tz: tzinfo
) -> tuple[Conversation, Answer]:
    """One turn; `now` is aware, and days are those of `tz`."""
    if conversation.is_over(now):
        conversation = Conversation()
    turn = _Turn(conversation, asker, lexicon, Settler(asker, lexicon, now.astimezone(tz).date()))
    following, answer = turn.take(text)
    return replace(following, asked_at=now), answer


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one turn is read against."""

    before: Conversation
    asker: Asker
    lexicon: Lexicon
    settler: Settler

    def take(self, text: str) -> tuple[Conversation, Answer]:
        rest = without_export(text)
        if rest is None:
            return self._taken(text)
        draft = self.before.draft
        if rest and squeeze(rest) not in THAT:
            following, found = self._taken(rest)
        elif draft is not None:
            following, found = self._answer([(draft, self.settler.settle(draft))], ())
        else:
            return self.before, Clarify(texts.EXPORT_WHAT)
        if not isinstance(found, Understood):
            return following, found
        option = Option(found.words, following.draft or Draft())
        return replace(following, options=(option,)), Export(
            reply=texts.EXPORT, options=(found.words,), query=found.query, words=found.words
        )

    def _taken(self, text: str) -> tuple[Conversation, Answer]:
        picked = self._picked(text)
        if picked is not None:
            return self._answer([(picked, self.settler.settle(picked))], ())
        is_polite = squeeze(text) in COURTESY and not self.before.options
        heard = Heard((), ()) if is_polite else hear(text, self.lexicon)
        meaning = explain(text, self.asker)
        if meaning is not None:
            return self.before, meaning
        if heard.missed or all(said.is_empty for said in heard.readings):
            return self.before, self._shrug(text, heard)
        if heard.refers and not self._names_somebody(heard):
            return self.before, Clarify(texts.WHO_IS_HE)
        likely = [said for said in heard.readings if not said.repeats] or heard.readings
        outcomes = [outcome for said in likely for outcome in self._tries(said)]
        if not any(draft.metrics for draft, _ in outcomes) and not self._is_about_sales(heard):
            return self.before, self._shrug(text, heard)
        return self._answer(outcomes, heard.corrected)

    def _shrug(self, text: str, heard: Heard) -> Unknown:
        return not_understood(text, heard, self.asker, self.lexicon, is_answered=self._is_answered)

    def _is_answered(self, text: str) -> bool:
        """Whether this, asked afresh, is a query that the asker may have."""
        heard = hear(text, self.lexicon)
        outcomes = (self._outcome(Draft(), said) for said in heard.readings if not heard.missed)
        return [isinstance(found, Query) for _, found in outcomes] == [True]

    def _names_somebody(self, heard: Heard) -> bool:
        """Whether 他 was named, in this turn or before."""
        before = self.before.pending or self.before.draft or Draft()
        named = (*before.named, *(one for said in heard.readings for one in said.named))
        return any(OWNER in one.dimensions for one in named)

    def _is_about_sales(self, heard: Heard) -> bool:
        """Whether a turn without a metric names at least a person, a value or a grouping."""
        return any(
            said.named or ((said.by or said.rank or said.asks_who) and not said.problems)
            for said in heard.readings
        )

    def _picked(self, text: str) -> Draft | None:
        """The option that a turn after a question back chooses, by its label or its number."""
        word = squeeze(text)
        for option in self.before.options:
            if word == squeeze(option.label):
                return option.draft
        if len(self.before.options) == 1 and word in YES:
            return self.before.options[0].draft
        near = [one for one in self.before.options if len(word) > 1 and word in squeeze(one.label)]
        if len(near) == 1:
            return near[0].draft
        found = CHOICE.fullmatch(normalise(text).text)
        place = number(found[1]) if found and _is_number(found[1]) else 0
        return self.before.options[place - 1].draft if 0 < place <= len(self.before.options) else None

    def _tries(self, said: Said) -> Iterator[Outcome]:
        """The turn joined to what was said before; a whole question may also stand alone."""
        narrowed = self._narrowed(said)
        if narrowed is not None:
            yield narrowed, self.settler.settle(narrowed)
            return
        before = self.before.pending or self.before.draft or Draft()
        if is_fresh(said):
            yield self._outcome(Draft(), said)
            return
        joined = self._outcome(before, said)
        if said.metrics and not said.changes and isinstance(joined[1], Trouble) and before != Draft():
            alone = self._outcome(Draft(), said)
            yield alone if isinstance(alone[1], Query) else joined
            return
        yield joined

    def _narrowed(self, said: Said) -> Draft | None:
        """The department that tells namesakes apart, when that was the question back."""
        pending = self.before.pending
        places = tuple(choice for one in said.named for choice in one.choices)
        if pending is None or said.metrics or not places or not all(key in PLACES for key, _ in places):
            return None
        open_names = [one for one in pending.named if len(one.choices) > 1 and one.dimensions == {OWNER}]
        if not open_names:
            return None
        named = tuple(replace(one, within=places) if one in open_names else one for one in pending.named)
        return replace(pending, named=named)

    def _outcome(self, before: Draft, said: Said) -> Outcome:
        draft = self._joined(before, said)
        if isinstance(draft, Problem):
            problem, draft = (
                draft,
                self._joined(
                    before, replace(said, times=_settled_times(draft, said), joins=False, paced=False)
                ),
            )
            if isinstance(draft, Problem):
                draft = Draft(metrics=said.metrics, named=said.named)
            return draft, self._refused_first(draft, said, next(iter(said.problems), problem))
        if said.problems:
            return draft, self._refused_first(draft, said, said.problems[0])
        if not draft.metrics:
            return draft, Trouble(texts.WHICH_METRIC, tuple(self._metric_options(draft)))
        return draft, self.settler.settle(draft)

    def _joined(self, before: Draft, said: Said) -> Draft | Problem:
        return join(before, said, asker=self.asker, lexicon=self.lexicon, today=self.settler.today)

    def _refused_first(self, draft: Draft, said: Said, problem: Problem) -> Trouble:
        """What is not theirs is refused before anything else is said of it."""
        settled = self.settler.settle(draft) if draft.metrics else None
        if isinstance(settled, Trouble) and settled.is_refused:
            return settled
        at = Moment(self.settler.today)
        periods = (period for resolve in said.times.bases if (period := resolved(resolve, at)) is not None)
        options = tuple(ways_out(replace(problem, periods=tuple(periods)), draft, self.settler))
        return Trouble(texts.sentence(problem.what), options, is_unknown=problem.is_unknown)

    def _metric_options(self, draft: Draft) -> Iterator[Option]:
        """Metrics of what was named: of a stage what lies in it, of a channel what was sent there."""
        named = {key for one in draft.named for key in one.dimensions}
        asked = next((ids for key, ids in OF_NAMED.items() if key in named), OF_ALL)
        for metric_id in asked:
            metric = METRICS[metric_id]
            if metric.open_to(self.asker.role) and all(
                any(metric.takes(key) for key in one.dimensions) for one in draft.named
            ):
                yield Option(metric.name, replace(draft, metrics=((metric_id,),)))

    def _answer(
        self, outcomes: list[Outcome], corrected: tuple[tuple[str, str], ...]
    ) -> tuple[Conversation, Answer]:
        good = {str(query.to_json()): (draft, query) for draft, query in outcomes if isinstance(query, Query)}
        if len(good) > 1:
            options = tuple(Option(echo(query, self.lexicon), draft) for draft, query in good.values())
            return self._asks_back(outcomes[0][0], Trouble(texts.WHICH_READING, options))
        if good:
            draft, query = next(iter(good.values()))
            words = echo(query, self.lexicon) + texts.corrected(corrected)
            return Conversation(draft=draft), Understood(query, words)
        draft, trouble = outcomes[0]
        return self._asks_back(draft, trouble) if isinstance(trouble, Trouble) else (self.before, Refused(""))

    def _asks_back(self, draft: Draft, trouble: Trouble) -> tuple[Conversation, Answer]:
        if trouble.is_refused:
            return self.before, Refused(texts.REFUSED[self.asker.role])
        if trouble.is_unknown:
            return self.before, Unknown(trouble.reply)
        asked = Conversation(draft=self.before.draft, options=trouble.options, pending=draft)
        return asked, Clarify(trouble.reply, tuple(one.label for one in trouble.options))


def _settled_times(problem: Problem, said: Said) -> Times:
    """The times of a turn, if they are not what is wrong with it."""
    return Times() if {Way.EACH_TIME, Way.RECENT, Way.LAST_YEAR} & set(problem.ways) else said.times


def _is_number(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True
