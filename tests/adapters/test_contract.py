"""What every chat platform must do, asked of each adapter that is found in its folder."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

import bot.adapters
from bot.chat.adapter import Adapter, AdapterKind
from bot.chat.inbound import Accepted, Delivery, Tap
from bot.chat.outbound import Repeat, SendText
from bot.errors import BadDeliveryError
from bot.kit.discover import discover
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from tests.adapters.wecom import platform as wecom

FOUND = discover(bot.adapters, "ADAPTER")


@dataclass(frozen=True)
class Sample:
    """What a platform's test must bring: good settings, and a tap as the platform would send it."""

    settings: dict[str, Any]
    build: Callable[[], Adapter]
    tap: Callable[[str], Delivery]
    forged: Callable[[], Delivery]


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


SAMPLES = {
    "wecom": Sample(
        settings=wecom.settings(),
        build=wecom.adapter,
        tap=lambda code: wecom.delivery(wecom_tap(code)),
        forged=lambda: wecom.delivery(
            wecom_tap("RC1"), box=WeComBox("guessed0", wecom.AES_KEY, wecom.CORP_ID)
        ),
    )
}


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


def test_wecom_is_found():
    assert "wecom" in FOUND


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
    good = sample.tap("RC1")
    genuine = built.receive(good, now=wecom.NOW)

    refused = 0
    for i in range(len(good.body)):
        touched = replace(good, body=good.body[:i] + bytes([good.body[i] ^ 1]) + good.body[i + 1 :])
        try:
            assert built.receive(touched, now=wecom.NOW) == genuine
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


async def test_closing_is_always_allowed(sample):
    await sample.build().close()
