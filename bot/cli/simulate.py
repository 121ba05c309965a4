"""`leadbell simulate`: one made-up person's way through a journey, day by day; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.cli import exits

if TYPE_CHECKING:
    from datetime import datetime

    from bot.crm.company import Company
    from bot.journeys.simulate import Happening

NAME = "simulate"
UNKNOWN = "没有“{name}”这个旅程{meant}。现有的：{known}"
BAD_EVENT = "“{text}”不是 天数:行为，例如 3:mail_opened 或 2.5:pricing_page_viewed"
BAD_FIELD = "“{text}”不是 字段=值，例如 city=上海"
BAD_VALUE = "{label}要写{expected}，这里写的是“{text}”"
BAD_START = "“{text}”不是{example}"
#: What people write of days; by the company's clock.
EXAMPLES = {"date": "日期，例如 2027-02-01", "datetime": "时刻，例如 2026-11-01 09:00"}
BAD_ORDER = "“{text}”不是 天数:产品，例如 -100:基础版 或 5:专业版:29800"
UNKNOWN_PRODUCT = "没有“{name}”这个产品，可以写：{known}"
UNKNOWN_FIELD = "没有“{name}”这个字段。"
UNKNOWN_CHANNEL = "没有“{name}”这个渠道，可以写：{known}，或者 没有"
WHO, NONE = "假想的客户", "没有"
UNKNOWN_EVENT = "没有“{name}”这个行为，可以写：{known}"


def command(  # noqa: PLR0917 - the parameters of a command line
    journey: Annotated[str, typer.Argument(help="旅程的编号或名称", show_default=False)],
    event: Annotated[
        list[str] | None,
        typer.Option(metavar="天数:行为", help="第几天他做了什么，可以写多个，例如 3:mail_opened"),
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(metavar="字段=值", help="他的字段，可以写多个，例如 city=上海")
    ] = None,
    order: Annotated[
        list[str] | None,
        typer.Option(metavar="天数:产品[:金额]", help="第几天他买了什么，以前买的写负数，例如 -100:基础版"),
    ] = None,
    start: Annotated[
        str, typer.Option(metavar="时刻", help="从什么时候开始，例如 2026-12-01 09:00；默认现在")
    ] = "",
    channel: Annotated[
        list[str] | None,
        typer.Option(metavar="渠道", help="他收得到的渠道，可以写多个；默认都收得到，写 没有 就都收不到"),
    ] = None,
    consent: Annotated[
        list[str] | None,
        typer.Option(metavar="渠道", help="他同意营销的渠道，可以写多个；默认都同意，写 没有 就没同意过"),
    ] = None,
    owner: Annotated[bool, typer.Option("--owner/--no-owner", help="有没有负责人")] = True,
    days: Annotated[int, typer.Option(min=1, max=1_000, help="看多少天")] = 90,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
) -> None:
    """模拟一个人走旅程：哪天到哪一步、会给他什么；用的是配置文件里现在写的，不发送、不写数据库。"""
    import asyncio

    with exits.explained():
        told = (event or [], order or [], field or [])
        him = ((channel or None, consent or None), owner)
        asyncio.run(_run(journey, told, him, start, days, as_json=as_json))


async def _run(
    name: str,
    told: tuple[Sequence[str], Sequence[str], Sequence[str]],
    him: tuple[tuple[Sequence[str] | None, Sequence[str] | None], bool],
    start: str,
    days: int,
    *,
    as_json: bool,
) -> None:
    import json
    from datetime import timedelta

    from bot.app.parts import build_company
    from bot.journeys import simulate_entry, simulated, telling
    from bot.journeys.person import Person
    from bot.journeys.simulate_anybody import made_up
    from bot.journeys.simulate_known import Anybody
    from bot.settings import read_settings

    company = build_company(read_settings())
    key, begins = _key(company, name), _start(company, start)
    reached, agrees = (_channels(company, those) for those in him[0])
    somebody = Anybody(company, begins, reached, agrees, has_owner=him[1])
    events, orders, fields = told
    person = Person("somebody", company, {"created_at": begins, **_fields(company, fields)})
    happenings = [*_events(company, events, begins), *_orders(company, orders, begins)]
    first = simulate_entry.first(key, company.journeys[key], happenings, begins, company)
    way = await made_up(
        somebody, key, company.journeys, person, [*first, *happenings], until=begins + timedelta(days=days)
    )
    if as_json:
        shown = telling.as_document(
            key, way.lines, way.refused, company.org.zone, came_into=way.came_into, taken=way.taken
        )
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    said = simulated.told(way, company.journeys[key], company, who=WHO)
    for line in (said.title, *said.remarks, *said.days):
        typer.echo(line)


def _channels(company: Company, those: Sequence[str] | None) -> tuple[str, ...]:
    """By key or name; all of them if none is named."""
    from bot.journeys.simulate_known import CHANNELS

    if those is None:
        return CHANNELS
    known = {name: one.key for one in company.channels.channels for name in (one.key, one.name, *one.aliases)}
    for name in those:
        if name not in known and name != NONE:
            names = [one.name for one in company.channels.channels if one.key in CHANNELS]
            _refuse(UNKNOWN_CHANNEL.format(name=name, known="、".join(names)))
    return tuple(sorted({known[name] for name in those if name != NONE}))


def _key(company: Company, name: str) -> str:
    from bot.journeys.publishing import named
    from bot.kit.yaml_model import similar

    found = named(company, name)
    if found is None:
        known = [one.name for one in company.journeys.values()]
        meant = similar(name, known)
        _refuse(
            UNKNOWN.format(name=name, meant=f"，是不是“{meant}”？" if meant else "", known="、".join(known))
        )
    return found


def _start(company: Company, text: str) -> datetime:
    from bot.intake.imports.cells import BadCellError, read_day
    from bot.kit.clock import system_clock

    if not text:
        return system_clock()
    try:
        return read_day(text, company.org.zone)
    except BadCellError:
        _refuse(BAD_START.format(text=text, example=EXAMPLES["datetime"]))


def _fields(company: Company, fields: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in fields:
        name, sign, value = text.partition("=")
        if not sign:
            _refuse(BAD_FIELD.format(text=text))
        key = next((k for k, spec in company.registry.items() if name.strip() in {k, spec.label}), None)
        if key is None:
            _refuse(UNKNOWN_FIELD.format(name=name))
        found[key] = _value(company, key, value.strip())
    return found


def _value(company: Company, key: str, text: str) -> object:
    """As people write it, by the company's clock; what the field cannot hold is refused."""
    from bot.crm.condition_values import EXPECTED
    from bot.intake.imports.cells import BadCellError, read_day
    from bot.rules.facts import typed

    spec, value = company.registry[key], text
    if spec.type in EXAMPLES:
        try:
            moment = read_day(text, company.org.zone) if text else None
        except BadCellError:
            value = ""
        else:
            local = moment.astimezone(company.org.zone) if moment else None
            value = (
                ""
                if local is None
                else (local.isoformat() if spec.type == "datetime" else local.date().isoformat())
            )
    if text and (not value or typed({key: value}, company.registry)[1]):
        expected = EXAMPLES.get(spec.type, EXPECTED[spec.type])
        _refuse(BAD_VALUE.format(text=text, label=spec.label, expected=expected))
    return value


def _events(company: Company, events: Sequence[str], begins: datetime) -> list[Happening]:
    from datetime import timedelta

    from bot.journeys.simulate import Happening

    found = []
    names = {label: key for key, label in company.scoring.events.items()}
    for text in events:
        day, _, rest = text.partition(":")
        name, _, of = rest.partition(":")
        try:
            at = begins + timedelta(days=float(day))
        except ValueError:
            _refuse(BAD_EVENT.format(text=text))
        key = names.get(name, name)
        if key not in company.scoring.events:
            _refuse(UNKNOWN_EVENT.format(name=name, known="、".join(company.scoring.events)))
        found.append(Happening(at, "event", key, of))
    return found


def _orders(company: Company, orders: Sequence[str], begins: datetime) -> list[Happening]:
    from datetime import timedelta
    from decimal import Decimal, InvalidOperation

    from bot.journeys.simulate import Happening

    found = []
    products = [one.name for one in company.catalogue.products]
    for text in orders:
        day, _, rest = text.partition(":")
        product, _, amount = rest.partition(":")
        try:
            at, paid = begins + timedelta(days=float(day)), Decimal(amount or 1)
        except (ValueError, InvalidOperation):
            _refuse(BAD_ORDER.format(text=text))
        if product not in products:
            _refuse(UNKNOWN_PRODUCT.format(name=product, known="、".join(products)))
        found.append(Happening(at, "order", product, value=paid))
    return found


def _refuse(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(exits.BAD_INPUT)
