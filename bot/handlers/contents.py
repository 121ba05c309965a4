"""Texts for customers: which there are (素材), how one reads (预览), and one to pass on (素材 报价 L7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.assignment.access import held
from bot.cards import lead_gone
from bot.cards.texts import contents as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.content import Content, fields_of
from bot.crm.content_commands import ListContents, PreviewContent, ShareContent
from bot.crm.lead import Lead, LeadStatus
from bot.crm.user import User
from bot.handlers import Scope
from bot.kit.ids import keyed
from bot.kit.yaml_model import similar
from bot.rules.content import NoText, Rendered, finished, render
from bot.rules.content_facts import facts
from bot.rules.content_links import Addresses
from bot.store import subjects, touch_texts, touches

router: Router[Scope] = Router()
#: As a chat takes them, the nearest first.
_CHATS = ("wecom", "wechat_service", "wechat_official")


@router.on(ListContents, reads=True)
async def on_list_contents(command: ListContents, scope: Scope) -> Reply:
    """All of them, or those whose name or tag says so."""
    company = scope.desk.company
    if not company.content:
        return Reply(text=texts.EMPTY)
    found = _about(company, command.about) if command.about else dict(company.content)
    if not found:
        return Reply(text=texts.NONE_ABOUT.format(about=command.about))
    lines = [_line(one) for one in found.values()]
    return Reply(text=texts.listed(lines, about=command.about, name=next(iter(found.values())).name))


@router.on(PreviewContent)
async def on_preview(command: PreviewContent, scope: Scope) -> Reply:
    """Every version of it as this customer would get it; without one, as an invented one would."""
    desk, actor, company = scope.desk, scope.actor, scope.desk.company
    lead, owner, whom = _sample(desk.now), actor, texts.SAMPLE
    if command.lead_id:
        found = await held(desk, command.lead_id)
        if found is None or not (found.is_of(actor) or found.is_under(actor)):
            await subjects.refused(desk, actor, action="content.preview", of=f"lead:{command.lead_id}")
            return Reply(card=lead_gone.missing())
        if not scope.is_private:
            await subjects.refused(desk, actor, action="content.preview", of=f"lead:{command.lead_id}")
            return Reply(text=texts.ONLY_PRIVATE)
        lead, owner, whom = found.lead, found.owner or actor, found.lead.display
    key = _named(company, command.name)
    if key is None:
        return Reply(text=_unknown(company, command.name))
    content = company.content[key]
    known = facts(company, lead, owner, {word: f"〔{label}〕" for word, label in content.words.items()})
    shown = [_shown(company, key, channel, known) for channel in content.channels.names()]
    return Reply(text="\n\n".join((texts.PREVIEW_HEAD.format(name=content.name, whom=whom), *shown)))


@router.on(ShareContent)
async def on_share(command: ShareContent, scope: Scope) -> Reply:
    """The words for a chat, with links that are this customer's own."""
    desk, actor, company = scope.desk, scope.actor, scope.desk.company
    found = await held(desk, command.lead_id)
    if found is None or not (found.is_of(actor) or found.is_under(actor)):
        await subjects.refused(desk, actor, action="content.share", of=f"lead:{command.lead_id}")
        return Reply(card=lead_gone.missing())
    if not scope.is_private:
        await subjects.refused(desk, actor, action="content.share", of=f"lead:{command.lead_id}")
        return Reply(text=texts.ONLY_PRIVATE)
    key = _named(company, command.about)
    if key is None:
        several = [one.name for one in _about(company, command.about).values()]
        if several:
            return Reply(text=texts.SEVERAL.format(about=command.about, names="、".join(several)))
        return Reply(text=texts.NONE_ABOUT.format(about=command.about))
    return Reply(text=await _shared(scope, key, found.lead, found.owner or actor))


async def _shared(scope: Scope, key: str, lead: Lead, owner: User) -> str:
    desk, company = scope.desk, scope.desk.company
    content = company.content[key]
    if content.words:
        return texts.NEEDS.format(name=content.name, words="、".join(content.words.values()))
    known = facts(company, lead, owner)
    said = next(
        (one for one in (render(company, key, chat, known) for chat in _CHATS) if _is_text(one)), None
    )
    if not isinstance(said, Rendered):
        return texts.NO_CHAT_TEXT.format(name=content.name)
    # The same words to the same customer by the same colleague are one touch, however often he asks.
    touch_id = keyed(desk.vault.key("content.share"), lead.id, key, scope.actor.id)
    done = finished(company, said, Addresses(desk.vault, company.doors.base_url, touch_id), to="")
    await touch_texts.keep(desk, done.kept)
    names = {one.key: one.name for one in company.channels.channels}
    channel = names.get(said.channel, said.channel)
    await touches.begin(
        desk, touches.Touch(id=touch_id, lead_id=lead.id, channel=channel, content=key),
        owner=owner, region=lead.region,
    )  # fmt: skip
    return f"{texts.SHARE_HEAD.format(lead=lead.display)}\n\n{done.message.text}"


def _is_text(rendered: Rendered | NoText) -> bool:
    return isinstance(rendered, Rendered) and bool(rendered.text)


def _about(company: Company, said: str) -> Mapping[str, Content]:
    """Those whose name has the word in it, or whose tag it is."""
    word = said.casefold()
    return {
        key: one
        for key, one in company.content.items()
        if word in one.name.casefold() or word == key or word in (tag.casefold() for tag in one.tags)
    }


def _named(company: Company, said: str) -> str | None:
    """The one that is meant: of this name, or the only one about it."""
    word = said.casefold()
    exact = [key for key, one in company.content.items() if word in (one.name.casefold(), key)]
    if exact:
        return exact[0]
    found = list(_about(company, said))
    return found[0] if len(found) == 1 else None


def _unknown(company: Company, said: str) -> str:
    several = [one.name for one in _about(company, said).values()]
    if several:
        return texts.SEVERAL.format(about=said, names="、".join(several))
    near = similar(said, [one.name for one in company.content.values()])
    return texts.UNKNOWN.format(name=said, meant=texts.MEANT.format(name=near) if near else "")


def _line(content: Content) -> str:
    channels = "、".join(texts.CHANNELS[one] for one in content.channels.names())
    return texts.LINE.format(name=content.name, purpose=texts.PURPOSES[content.purpose], channels=channels)


def _shown(company: Company, key: str, channel: str, known: Mapping[str, object]) -> str:
    name = texts.CHANNELS[channel]
    said = render(company, key, channel, known)
    if isinstance(said, NoText):
        label = fields_of(company).get(said.field)
        if label is None:
            return texts.BROKEN.format(channel=name)
        return texts.MISSING.format(channel=name, field=label)
    if channel == "email":
        return texts.MAIL.format(subject=said.subject, text=texts.shortened(said.plain))
    if channel == "sms":
        return texts.SMS.format(pieces=said.pieces, text=said.text)
    return texts.OTHER.format(channel=name, text="\n".join(_parts(said)))


def _parts(said: Rendered) -> Iterator[str]:
    if said.text:
        yield texts.shortened(said.text)
    if said.template:
        params = "，".join(f"{name}={value}" for name, value in said.params.items())
        yield texts.TEMPLATE.format(template=said.template, params=params)


def _sample(now: datetime) -> Lead:
    """Somebody of whom everything is known."""
    return Lead(
        id="L0", status=LeadStatus.NEW, name="王先生", company="示例公司", title="总监", province="上海",
        city="上海", industry="制造", source="官网", score=60, created_at=now,
    )  # fmt: skip
