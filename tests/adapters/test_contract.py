"""What every chat platform must do, asked of each adapter that is found in its folder."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

import bot.adapters
from bot.chat.adapter import Adapter, AdapterKind, KeepsTodos, Metered, ShowsViews, Streaming
from bot.chat.card import Button, Card
from bot.chat.inbound import Accepted, Delivery, Tap
from bot.chat.outbound import Repeat, SendCard, SendText, UpdateCard
from bot.crm.commands import ClaimLead
from bot.errors import BadDeliveryError
from bot.kit.discover import discover
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from tests.adapters.dingtalk import platform as dingtalk
from tests.adapters.wecom import platform as wecom

FOUND = discover(bot.adapters, "ADAPTER")


@dataclass(frozen=True)
class Sample:
    """What a platform's test must bring: good settings, and a tap as the platform would send it."""

    settings: dict[str, Any]
    build: Callable[[], Adapter]
    tap: Callable[[str], Delivery]
    forged: Callable[[], Delivery]
    #: A delivery whose body the platform's signature covers, where a tap's is not.
    covered: Callable[[], Delivery]
    #: Starts the platform's own end; gives it and an adapter that speaks to it.
    start: Callable[[], AbstractAsyncContextManager[tuple[Any, Adapter]]]
    #: Bytes that the longest text has on the wire at the most.
    text_most: int


def wecom_tap(code: str) -> bytes:
    return render(
        {
            "FromUserName": "0254571",
            "CreateTime": "1795001400",
            "MsgType": "event",
            "Event": "template_card_event",
            "EventKey": "sealed",
            "TaskId": "key-1",
            "ResponseCode": code,
        }
    )


@asynccontextmanager
async def wecom_running() -> AsyncIterator[tuple[Any, Adapter]]:
    async with wecom.running() as server:
        built = wecom.adapter(api_base=server.url)
        yield server, built
        await built.close()


@asynccontextmanager
async def dingtalk_running() -> AsyncIterator[tuple[Any, Adapter]]:
    async with dingtalk.running() as server:
        built = dingtalk.adapter(
            api_base=server.url, oapi_base=server.url, mode="stream", card_template_id=dingtalk.TEMPLATE
        )
        yield server, built
        await built.close()


def dingtalk_tap(code: str) -> dict[str, Any]:
    # Nothing numbers a press: another one differs by what it says.
    return dingtalk.tap(nonce=code)


SAMPLES = {
    "dingtalk": Sample(
        settings=dingtalk.settings(),
        build=dingtalk.adapter,
        tap=lambda code: dingtalk.card_delivery(dingtalk_tap(code)),
        forged=lambda: dingtalk.card_delivery(dingtalk_tap("RC1"), secret="guessed0"),
        covered=lambda: dingtalk.event_delivery({"EventType": "user_add_org", "eventId": "e1"}),
        start=dingtalk_running,
        text_most=10_000,
    ),
    "wecom": Sample(
        settings=wecom.settings(),
        build=wecom.adapter,
        tap=lambda code: wecom.delivery(wecom_tap(code)),
        forged=lambda: wecom.delivery(
            wecom_tap("RC1"), box=WeComBox("guessed0", wecom.AES_KEY, wecom.CORP_ID)
        ),
        covered=lambda: wecom.delivery(wecom_tap("RC1")),
        start=wecom_running,
        text_most=2048,
    ),
}
CHECKLIST = ("reads", "refuses_a_forgery", "answers", "repeats", "updates", "long_text", "limits")
STATES = ("done", "todo", "exempt")


@pytest.fixture(params=sorted(FOUND))
def name(request) -> str:
    return str(request.param)


@pytest.fixture
def kind(name) -> AdapterKind:
    found = FOUND[name]
    assert isinstance(found, AdapterKind)
    return found


@pytest.fixture
def sample(name) -> Sample:
    """A new platform fails here until it brings its sample."""
    return SAMPLES[name]


def test_both_platforms_are_found():
    assert {"wecom", "dingtalk"} <= set(FOUND)


def test_an_adapter_has_the_ports_methods(sample):
    """By name, by arguments, and by which of them wait."""
    built = sample.build()
    port = {name: method for name, method in vars(Adapter).items() if inspect.isfunction(method)}
    port = {name: method for name, method in port.items() if not name.startswith("_")}

    assert port
    for name, method in port.items():
        mine = getattr(type(built), name)
        assert list(inspect.signature(mine).parameters) == list(inspect.signature(method).parameters), name
        assert inspect.iscoroutinefunction(mine) == inspect.iscoroutinefunction(method), name


def test_an_adapter_is_called_as_its_folder(name, sample):
    assert sample.build().name == name


def test_settings_are_frozen_and_closed(kind, sample):
    config = kind.config(**sample.settings)

    with pytest.raises(ValidationError):
        kind.config(**sample.settings, surprise="x")
    with pytest.raises(ValidationError):
        setattr(config, next(iter(kind.config.model_fields)), "other")


def test_an_empty_secret_does_not_start(kind, sample):
    """Each secret that a good block needs, emptied."""
    secrets = [n for n in sample.settings if kind.config.model_fields[n].annotation is SecretStr]

    assert secrets
    for name in secrets:
        with pytest.raises(ValidationError):
            kind.config(**{**sample.settings, name: ""})


def test_a_tap_is_read(name, sample):
    """Who pressed what on which card, proved by the platform."""
    built = sample.build()

    accepted = built.receive(sample.tap("RC1"), now=wecom.NOW)

    assert isinstance(accepted, Accepted)
    assert accepted.platform == name
    assert accepted.lane_key.startswith(f"{name}:")
    tap = built.decode(accepted.body)
    assert isinstance(tap, Tap)
    assert (tap.platform, tap.user_id, tap.button, tap.card_key) == (name, "0254571", "sealed", "key-1")


def test_a_repeat_has_one_key_and_a_twin_another(sample):
    built = sample.build()

    keys = [built.receive(sample.tap(code), now=wecom.NOW).key for code in ("RC1", "RC1", "RC2")]

    assert keys[0] == keys[1] != keys[2]


def test_a_forgery_is_refused(sample):
    with pytest.raises(BadDeliveryError):
        sample.build().receive(sample.forged(), now=wecom.NOW)


def test_every_changed_byte_is_refused(sample):
    """A delivery that was touched anywhere is refused, or says exactly what it said before."""
    built = sample.build()
    good = sample.covered()
    genuine = built.receive(good, now=wecom.NOW)

    refused = 0
    for i in range(len(good.body)):
        touched = replace(good, body=good.body[:i] + bytes([good.body[i] ^ 1]) + good.body[i + 1 :])
        try:
            accepted = built.receive(touched, now=wecom.NOW)
            # What is answered may be sealed anew each time.
            assert replace(accepted, answer=genuine.answer) == genuine
        except BadDeliveryError:
            refused += 1

    assert refused > len(good.body) * 0.8


def test_an_old_delivery_is_refused(sample):
    with pytest.raises(BadDeliveryError):
        sample.build().receive(sample.tap("RC1"), now=wecom.NOW + timedelta(days=2))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_nothing_at_all_is_refused(sample, method):
    """Never with an exception of another kind, whatever the method."""
    with pytest.raises(BadDeliveryError):
        sample.build().receive(Delivery(method, (), {}, b""), now=wecom.NOW)


def test_nonsense_has_no_meaning(sample):
    with pytest.raises(ValueError, match=r"."):
        sample.build().decode(b"nonsense")


def test_a_group_is_never_told_twice_by_guess(sample):
    """Where a repeat would be seen and nothing tells it apart, it is not repeated by itself."""
    outgoing = SendText(to="g", text="x", group=True)

    assert sample.build().repeat(outgoing) in (Repeat.NEVER, Repeat.KEYED)


async def test_a_long_text_is_cut_and_sent(sample):
    """Never refused, never over what the platform takes, never half a character."""
    async with sample.start() as (server, built):
        await built.send(SendText(to="mei", text="长" * 30_000))

        sent = server.asked[-1][-1]
        assert 1_000 < len(sent) < sample.text_most + 1_000
        assert "长" in sent.decode()


async def test_a_card_carries_our_key_and_a_second_sending_is_told_from_it(sample):
    face = Card(kind="t", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))
    outgoing = SendCard(to="mei", card=face, card_key="key1", buttons=("sealed",))
    async with sample.start() as (server, built):
        assert built.repeat(outgoing) is Repeat.KEYED
        await built.send(outgoing)

        assert b"key1" in server.asked[-1][-1]
        assert b"sealed" in server.asked[-1][-1]


async def test_a_card_changes(sample):
    """Under a tap's code or without any; a second change of the same kind hurts nobody."""
    face = Card(kind="t", title="新线索", note="已被张三领取", buttons=(Button("查看", ClaimLead("L7")),))
    change = UpdateCard(to="mei", card=face, card_key="key1", buttons=("sealed",), code="RC1")
    async with sample.start() as (server, built):
        assert built.repeat(change) is Repeat.HARMLESS
        await built.send(change)

        assert server.asked


def test_receivers_are_not_flooded(sample):
    built = sample.build()

    assert built.throttle is None or 0 < built.throttle.sends <= 30
    assert built.group_throttle is not None
    assert built.group_throttle.sends <= 20


def test_each_platform_says_what_of_the_contract_it_keeps(name):
    """A file beside its tests, of every point one line: done, todo, or exempt with the reason."""
    found = points(name)

    assert set(CHECKLIST) <= set(found)
    for point, state in found.items():
        kind, _, reason = state.partition(" ")
        assert kind.rstrip(":") in STATES, point
        assert kind == "done" or len(reason) > 10, point


def points(name: str) -> dict[str, str]:
    lines = (Path(__file__).parent / name / "checklist.yaml").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def test_whatever_one_platform_answers_for_every_other_does_too(name):
    """A point that only one list has is a question that the others did not answer."""
    own = {"updates_without_a_template", "streamed_cards"}

    assert set(points(name)) - own == set(points("dingtalk")) - own


async def test_what_the_list_calls_done_the_adapter_can(name, sample):
    """And what it is exempt from the adapter does not claim."""
    async with sample.start() as (_, built):
        can = {
            "group_views": isinstance(built, ShowsViews) and built.shows_views,
            "work_list": isinstance(built, KeepsTodos) and built.supports_todos,
            "month_quota": isinstance(built, Metered),
            "streams": isinstance(built, Streaming),
        }

    assert {point: state == "done" for point, state in points(name).items() if point in can} == can


async def test_closing_is_always_allowed(sample):
    await sample.build().close()
