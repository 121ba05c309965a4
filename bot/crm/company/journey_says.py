"""Can what a journey says reach anybody, and is each of its steps ever come to?

A message that can go nowhere is a mistake. One that can go by some of the channels named for it, and
steps behind an exit, are a notice: they may be meant so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.crm import template
from bot.crm.company import cross_check_words as words
from bot.crm.company import journey_steps as s
from bot.crm.company.content import Content, fields_of
from bot.crm.company.journey_walk import inside, walk, walk_steps
from bot.crm.company.journeys import Journey
from bot.crm.touching import CARRIES, Purpose
from bot.kit.yaml import Path
from bot.kit.yaml_model import similar
from bot.kit.yaml_texts import did_you_mean, one_of

if TYPE_CHECKING:
    from bot.crm.company.company import Company

Fault: TypeAlias = tuple[Path, str]
#: What people call a channel by the way it is used there.
_CALLED = {"企业群发": "wecom", "企业微信群发": "wecom", "公众号群发": "wechat_official"}
_PURPOSES = {
    Purpose.REPLY: "答复",
    Purpose.TRANSACTIONAL: "服务通知",
    Purpose.MARKETING: "营销消息",
    Purpose.ADDED: "加好友问候",
}
#: What a journey learns by itself: what it was that he did.
_GIVEN = frozenset({"object"})
_COUPON = "coupon"
NO_VERSION = "内容“{content}”没有写{channel}（{key}）的版本"
NOT_FOR = "{channel}（{key}）不能发{purpose}，可以写：{able}"
NO_COUPON = "内容“{content}”里要写券码，前面却没有 coupon 步骤"
NO_WORD = "内容“{content}”要“{word}”，旅程给不出，发不出去"
NOWHERE = "内容“{content}”写了的渠道都不能发{purpose}，可以写：{able}"
AT_TIMES = "旅程“{journey}”：{why}，这条渠道会跳过"
BEHIND = "旅程“{journey}”的“exit: {exit}”后面还有 {n} 步，永远走不到"


@dataclass(frozen=True, slots=True)
class _Why:
    """Why one channel cannot say it; at the channel, or at the content whose words are not there."""

    text: str
    at_content: bool = False


def faults(company: Company, journey: Journey) -> Iterator[Fault]:
    """Messages that can go nowhere, each at its place."""
    for path, step, has_coupon in _said(journey):
        unknown = list(_unknown(company, step.channels, path))
        yield from unknown
        content = company.content.get(_content(step))
        if unknown or content is None:
            continue
        purpose = _purpose(step, content)
        whys = _whys(company, content, purpose, step.channels, has_coupon=has_coupon)
        if all(whys.values()):
            yield from _nowhere(step, content, purpose, whys, path)


def notices(company: Company, of: str = "") -> Iterator[str]:
    """What can go by some channels only, and what nobody ever comes to."""
    for key, journey in company.journeys.items():
        if of not in {"", key}:
            continue
        for _, step, has_coupon in _said(journey):
            content = company.content.get(_content(step))
            if content is not None:
                purpose = _purpose(step, content)
                whys = _whys(company, content, purpose, step.channels, has_coupon=has_coupon)
                told = [one for one in whys.values() if one and (step.channels or one.at_content)]
                for text in dict.fromkeys(one.text for one in told):
                    yield AT_TIMES.format(journey=journey.name, why=text)
        yield from _behind(journey, journey.steps)


def _said(journey: Journey) -> Iterator[tuple[Path, Any, bool]]:
    """Each message with its place, and whether a coupon may have been given before it."""
    couponed: set[Path] = set()
    _give(journey.steps, ("steps",), has=False, found=couponed)
    for path, step in walk(journey.steps, ("steps",)):
        if isinstance(step, s.Touch | s.Survey):
            yield path, step, path in couponed


def _give(steps: s.Steps, path: Path, *, has: bool, found: set[Path]) -> bool:
    """Note the places that a coupon may come before; whether one may have been given after the last."""
    for index, step in enumerate(steps):
        at: Path = (*path, index)
        if has:
            found.add(at)
        # In its second round a loop has behind it what stands farther down in it.
        is_round = isinstance(step, s.Loop) and any(isinstance(x, s.Coupon) for x in walk_steps(step.loop))
        ways = [_give(part, (*at, *place), has=has or is_round, found=found) for place, part in inside(step)]
        has = has or isinstance(step, s.Coupon) or any(ways)
    return has


def _content(step: s.Touch | s.Survey) -> str:
    return step.touch if isinstance(step, s.Touch) else step.survey


def _purpose(step: s.Touch | s.Survey, content: Content) -> Purpose:
    """As the planner takes it: what is marketing in the library is marketing whatever it is called."""
    own = step.purpose if isinstance(step, s.Touch) else Purpose.TRANSACTIONAL
    return Purpose.MARKETING if content.purpose is Purpose.MARKETING else own


def _unknown(company: Company, named: Sequence[str], path: Path) -> Iterator[Fault]:
    known = [one.key for one in company.channels.channels]
    called = {word: one.key for one in company.channels.channels for word in (one.name, *one.aliases)}
    called |= {word: key for word, key in _CALLED.items() if key in known}
    for index, said in enumerate(named):
        if said in known:
            continue
        meant = called.get(said) or called.get(similar(said, called) or "")
        tail = f"，{said}写作 {meant}" if said in called else did_you_mean(similar(said, known) or meant)
        listed = "" if tail else f"，可以写：{one_of(known)}"
        yield (*path, "channels", index), f"没有“{said}”这个渠道{tail}{listed}"


def _whys(
    company: Company, content: Content, purpose: Purpose, named: Sequence[str], *, has_coupon: bool
) -> Mapping[str, _Why | None]:
    """By channel that is named, or that has a version if none is: why it cannot say it, or None."""
    labels = {one.key: one.name for one in company.channels.channels}
    found: dict[str, _Why | None] = {}
    for channel in named or content.channels.names():
        version, label = content.channels.of(channel), labels.get(channel, channel)
        if version is None:
            found[channel] = _Why(NO_VERSION.format(content=content.name, channel=label, key=channel))
        elif channel not in CARRIES[purpose]:
            able = _able(purpose, content)
            said = NOT_FOR.format(channel=label, key=channel, purpose=_PURPOSES[purpose], able=able)
            found[channel] = _Why(said)
        else:
            found[channel] = _wordless(company, content, [text for _, text in version.texts()], has_coupon)
    return found


def _able(purpose: Purpose, content: Content) -> str:
    """The channels that take this kind; of those with a version, if there are any."""
    return one_of([one for one in content.channels.names() if one in CARRIES[purpose]] or CARRIES[purpose])


def _wordless(company: Company, content: Content, texts: Sequence[str], has_coupon: bool) -> _Why | None:
    """Whether a text needs a word that nobody gives it, though every field of the customer is filled."""
    given = _GIVEN | ({_COUPON} if has_coupon else set())
    facts: dict[str, dict[str, str]] = {"words": dict.fromkeys(given, "x")}
    for name in fields_of(company):
        of, _, field = name.partition(".")
        facts.setdefault(of, {})[field] = "x"
    for text in texts:
        try:
            found = template.fill(text, facts)
        except template.TemplateError:
            # The check of contents says where.
            continue
        word = found.field.removeprefix("words.") if isinstance(found, template.Missing) else ""
        if word == _COUPON:
            return _Why(NO_COUPON.format(content=content.name), at_content=True)
        if word in content.words:
            return _Why(NO_WORD.format(content=content.name, word=content.words[word]), at_content=True)
    return None


def _nowhere(
    step: s.Touch | s.Survey,
    content: Content,
    purpose: Purpose,
    whys: Mapping[str, _Why | None],
    path: Path,
) -> Iterator[Fault]:
    at_content = (*path, "touch" if isinstance(step, s.Touch) else "survey")
    told = [(channel, one) for channel, one in whys.items() if one is not None]
    wordless = [one.text for _, one in told if one.at_content]
    if wordless:
        yield at_content, wordless[0]
    elif step.channels:
        for index, (_, one) in enumerate(told):
            yield (*path, "channels", index), one.text
    else:
        able = one_of(sorted(CARRIES[purpose]))
        yield at_content, NOWHERE.format(content=content.name, purpose=_PURPOSES[purpose], able=able)


def webhook(company: Company, step: s.Webhook, path: Path) -> Iterator[Fault]:
    """An address that is not there, or one that hears of other things only."""
    at: Path = (*path, "webhook")
    endpoint = company.webhooks.endpoint(step.webhook)
    if endpoint is None:
        known = [one.key for one in company.webhooks.endpoints]
        none = "" if known else "：webhooks.yaml 里还没有写地址"
        yield at, words.unknown("要通知的地址", step.webhook, known) + none
    elif "journey.step" not in endpoint.events:
        yield at, f"“{step.webhook}”不收旅程的通知，请在 webhooks.yaml 它的 events 里加上 journey.step"


def _behind(journey: Journey, steps: s.Steps) -> Iterator[str]:
    for n, step in enumerate(steps, 1):
        if isinstance(step, s.Exit) and n < len(steps):
            yield BEHIND.format(journey=journey.name, exit=step.exit, n=len(steps) - n)
            return
        for _, inner in inside(step):
            yield from _behind(journey, inner)
