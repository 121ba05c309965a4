"""Texts for customers: which there are (素材), how one reads (预览), and one to pass on (素材 报价 L7)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.assignment.access import held
from bot.cards import asset as cards
from bot.cards import lead_gone
from bot.cards.texts import contents as texts
from bot.cards.texts.lead_lines import clock
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.company import Company
from bot.crm.company.content import Content, fields_of
from bot.crm.content_commands import ListContents, PreviewContent, PullAsset, ShareContent
from bot.crm.lead import Lead, LeadStatus
from bot.crm.touching import Purpose
from bot.crm.user import User
from bot.handlers import Scope
from bot.kit.ids import keyed
from bot.kit.yaml_model import similar
from bot.rules import asset_links, material
from bot.rules.content import NoText, Rendered, finished, render, subject_of
from bot.rules.content_facts import facts
from bot.rules.content_links import Addresses
from bot.rules.material import Material
from bot.store import consents, subjects, touch_texts, touches
from bot.store.consents import Said
from bot.store.reads.my_leads import my_leads
from bot.store.touch_texts import Kept
from bot.touch import agreed

router: Router[Scope] = Router()
#: As a chat takes them, the nearest first.
_CHATS = ("wecom", "wechat_service", "wechat_official")


@router.on(ListContents, reads=True)
async def on_list_contents(command: ListContents, scope: Scope) -> Reply:
    """All there is, or what is about a word, each with a button."""
    everything = _everything(scope)
    if command.about:
        found = material.about(everything, command.about)
        if not found:
            return Reply(text=texts.NONE_ABOUT.format(about=command.about))
        return Reply(card=cards.found(command.about, [_found(one) for one in found]))
    if not everything:
        return Reply(text=texts.EMPTY)
    return Reply(text=texts.listed([_line(one) for one in everything], name=everything[0].name))


@router.on(PullAsset, reads=True)
async def on_pull(command: PullAsset, scope: Scope) -> Reply:
    """One thing: open it, or have it for one of his customers."""
    desk, one = scope.desk, material.named(_everything(scope), command.name)
    if one is None:
        return Reply(text=_unknown(scope, command.name))
    url = asset_links.address(desk.company, desk.vault, one.key) if one.asset is not None else ""
    text = _sampled(scope, one.key) if one.content is not None else ""
    whom: list[tuple[str, str]] = []
    if scope.is_private:
        mine = await my_leads(desk.tx, scope.actor.id, now=desk.now, number=1)
        whom = [(line.lead.id, f"{line.lead.id} {line.lead.name}") for line in mine.page.items]
    return Reply(card=cards.one(_found(one), url=url, text=text, whom=whom), topic=f"asset:{scope.actor.id}")


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
    key = _named(scope, command.name)
    if key is None:
        return Reply(text=_unknown(scope, command.name))
    content = company.content[key]
    known = facts(company, lead, owner, {word: f"〔{label}〕" for word, label in content.words.items()})
    shown = [_shown(company, key, channel, known) for channel in content.channels.names()]
    return Reply(text="\n\n".join((texts.PREVIEW_HEAD.format(name=content.name, whom=whom), *shown)))


@router.on(ShareContent)
async def on_share(command: ShareContent, scope: Scope) -> Reply:
    """The words or the link for a chat, with links that are this customer's own."""
    desk, actor = scope.desk, scope.actor
    lead_id = command.lead_id or scope.chosen(cards.KEY)
    found = await held(desk, lead_id)
    if found is None or not (found.is_of(actor) or found.is_under(actor)):
        await subjects.refused(desk, actor, action="content.share", of=f"lead:{lead_id}")
        return Reply(card=lead_gone.missing())
    if not scope.is_private:
        await subjects.refused(desk, actor, action="content.share", of=f"lead:{lead_id}")
        return Reply(text=texts.ONLY_PRIVATE)
    everything = _everything(scope)
    one = material.named(everything, command.about)
    if one is not None:
        share = _shared if one.content is not None else _linked
        return Reply(text=await share(scope, one.key, found.lead, found.owner or actor), fresh=True)
    several = [one.name for one in material.about(everything, command.about)]
    if several:
        return Reply(text=texts.SEVERAL.format(about=command.about, names="、".join(several)))
    return Reply(text=texts.NONE_ABOUT.format(about=command.about))


async def _linked(scope: Scope, key: str, lead: Lead, owner: User) -> str:
    """A file or a page: its name, and an address that tells who followed it."""
    desk, company, asset = scope.desk, scope.desk.company, scope.desk.company.assets[key]
    touch_id = keyed(desk.vault.key("asset.share"), lead.id, key, scope.actor.id)
    url = asset_links.address(company, desk.vault, key)
    own, link_id = Addresses(desk.vault, company.doors.base_url, touch_id).link(url)
    version = hashlib.sha256(url.encode()).hexdigest()[:16]
    await touch_texts.keep(
        desk,
        Kept(touch_id=touch_id, content=asset.name, channel=_CHATS[0], version=version, links={link_id: url}),
        None,
    )
    await _begun(scope, touch_id, channel=_CHATS[0], content=asset.name, lead=lead, owner=owner)
    head = texts.SHARE_HEAD.format(lead=lead.display)
    if refused := await _refused(scope, lead, _CHATS[0]):
        # A price list that he asks for is an answer; only the colleague knows whether he did.
        head = f"{texts.ONLY_IF_ASKED.format(lead=lead.display, at=_when(scope, refused))}\n{head}"
    return f"{head}\n\n{asset.name}：{own}"


async def _begun(scope: Scope, touch_id: str, *, channel: str, content: str, lead: Lead, owner: User) -> None:
    """The same thing to the same customer by the same colleague is one touch, however often he asks."""
    names = {one.key: one.name for one in scope.desk.company.channels.channels}
    touch = touches.Touch(id=touch_id, lead_id=lead.id, channel=names.get(channel, channel), content=content)
    await touches.begin(scope.desk, touch, owner=owner, region=lead.region)


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
    if content.purpose is Purpose.MARKETING and (refused := await _refused(scope, lead, said.channel)):
        at = _when(scope, refused)
        return texts.SAID_STOP.format(lead=lead.display, at=at, name=content.name, lead_id=lead.id)
    touch_id = keyed(desk.vault.key("content.share"), lead.id, key, scope.actor.id)
    done = finished(company, said, Addresses(desk.vault, company.doors.base_url, touch_id), to="")
    await touch_texts.keep(desk, done.kept, None)
    await _begun(scope, touch_id, channel=said.channel, content=key, lead=lead, owner=owner)
    return f"{texts.SHARE_HEAD.format(lead=lead.display)}\n\n{done.message.text}"


def _when(scope: Scope, said: Said) -> str:
    desk, zone = scope.desk, scope.desk.company.org.zone
    return clock(said.at.astimezone(zone), desk.now.astimezone(zone))


async def _refused(scope: Scope, lead: Lead, channel: str) -> Said | None:
    """His latest refusal, if he wants no marketing there: a colleague's hand is no way around it."""
    said = await consents.all_of(scope.desk.tx, lead.id)
    if not agreed.is_closed(said) and agreed.by_channel(said, [channel]).get(channel) is not False:
        return None
    return next((one for one in said if not one.consent.given), None)


def _is_text(rendered: Rendered | NoText) -> bool:
    return isinstance(rendered, Rendered) and bool(rendered.text)


def _everything(scope: Scope) -> list[Material]:
    company = scope.desk.company
    return material.everything(company, scope.desk.now.astimezone(company.org.zone).date())


def _named(scope: Scope, said: str) -> str | None:
    """The text that is meant: of this name, or the only one about it."""
    one = material.named(material.texts(scope.desk.company), said)
    return None if one is None else one.key


def _unknown(scope: Scope, said: str) -> str:
    everything = _everything(scope)
    several = [one.name for one in material.about(everything, said)]
    if len(several) > 1:
        return texts.SEVERAL.format(about=said, names="、".join(several))
    near = similar(said, [one.name for one in everything])
    return texts.UNKNOWN.format(name=said, meant=texts.MEANT.format(name=near) if near else "")


def _found(one: Material) -> cards.Found:
    if one.content is not None:
        return cards.Found(one.key, one.name, cards.TEXT, _said_by(one.content), one.tags)
    asset = one.asset
    kind = cards.PAGE if asset is None or asset.file is None else cards.FILE
    until = asset.until.isoformat() if asset is not None and asset.until is not None else ""
    return cards.Found(
        one.key, one.name, kind, (asset.about if asset is not None else "") or "", one.tags, until
    )


def _said_by(content: Content) -> str:
    channels = "、".join(texts.CHANNELS[one] for one in content.channels.names())
    return f"{texts.PURPOSES[content.purpose]}：{channels}"


def _line(one: Material) -> str:
    if one.content is not None:
        return texts.LINE.format(name=one.name, what=_said_by(one.content))
    found = _found(one)
    return texts.LINE.format(
        name=one.name, what="，".join(part for part in (found.kind, found.about) if part)
    )


def _sampled(scope: Scope, key: str) -> str:
    """How it reads in a chat, to somebody invented."""
    company, content = scope.desk.company, scope.desk.company.content[key]
    words = {word: f"〔{label}〕" for word, label in content.words.items()}
    known = facts(company, _sample(scope.desk.now), scope.actor, words)
    channel = next((one for one in (*_CHATS, *content.channels.names()) if content.channels.of(one)), "")
    return _shown(company, key, channel, known) if channel else ""


def _shown(company: Company, key: str, channel: str, known: Mapping[str, object]) -> str:
    name = texts.CHANNELS[channel]
    said = render(company, key, channel, known)
    if isinstance(said, NoText):
        label = fields_of(company).get(said.field)
        if label is None:
            return texts.BROKEN.format(channel=name)
        return texts.MISSING.format(channel=name, field=label)
    if channel == "email":
        mail = texts.MAIL.format(subject=subject_of(said), text=texts.shortened(said.plain))
        return f"{mail}\n{texts.WAY_OUT}" if said.is_marketing else mail
    if channel == "sms":
        return texts.SMS.format(pieces=said.pieces, text=said.text)
    return texts.OTHER.format(channel=name, text="\n".join(_parts(said)))


def _parts(said: Rendered) -> Iterator[str]:
    if said.text:
        yield texts.shortened(said.text)
        if said.channel == "wecom" and "://" in said.text:
            yield texts.BATCH_LINKS
    if said.template:
        params = "，".join(f"{name}={value}" for name, value in said.params.items())
        yield texts.TEMPLATE.format(template=said.template, params=params)


def _sample(now: datetime) -> Lead:
    """Somebody of whom everything is known."""
    return Lead(
        id="L0", status=LeadStatus.NEW, name="王先生", company="示例公司", title="总监", province="上海",
        city="上海", industry="制造", source="官网", score=60, created_at=now,
    )  # fmt: skip
