"""SMS by both providers: what arrives at the phone, and what each way of failing means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import ValidationError

from bot.adapters.sms import CHANNEL
from bot.adapters.sms.config import Config
from bot.chat.adapter import Means
from bot.chat.channel import CustomerMessage
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.simulator.sms.api import SmsApi
from bot.simulator.sms.phones import Console, Phones
from tests.conftest import NOW

SMS = CustomerMessage(
    touch_id="t1",
    to="+8613812345678",
    text="【客铃】王&伟，您好",
    template="SMS_1",
    params={"name": "王&伟 *~"},
)
TEMPLATES = {"aliyun": {"SMS_1": "${name}，您好"}, "tencent": {"SMS_1": "{1}，您好"}}


def config(**given: object) -> Config:
    known = {
        "provider": "aliyun", "key_id": "AK", "key_secret": "geheim", "sign": "客铃", "app_id": "1400",
        "callback_secret": "s" * 20,
    }  # fmt: skip
    return Config.model_validate({**known, **given})


@pytest.fixture(params=["aliyun", "tencent"])
async def phones(request, random_bytes):
    """One provider at a time, and a channel to it."""
    provider = request.param
    console = Console("AK", "geheim", "客铃", "1400", provider, TEMPLATES[provider])
    phones = Phones(console, lambda: NOW, lambda _event: None)
    app = web.Application()
    app.router.add_post("/", SmsApi(phones).send)
    server = TestServer(app)
    await server.start_server()
    base = f"http://127.0.0.1:{server.port}"
    phones.channel = CHANNEL.build(
        config(provider=provider, api_base=base), Means(lambda: NOW, lambda: 0.0, random_bytes)
    )  # type: ignore[attr-defined]
    yield phones
    await phones.channel.close()  # type: ignore[attr-defined]
    await server.close()


async def test_an_sms_arrives_and_the_providers_id_comes_back(phones) -> None:
    """By template, its parameters as they are, under a signature that the provider proves."""
    given = await phones.channel.deliver(SMS)
    (sms,) = phones.messages
    assert (sms.text, sms.out_id, sms.provider_id) == ("【客铃】王&伟 *~，您好", "t1", given)
    assert sms.phone.endswith("13812345678")


async def test_two_calls_are_never_one_replay(phones) -> None:
    """Each has a nonce of its own."""
    await phones.channel.deliver(SMS)
    await phones.channel.deliver(SMS)
    assert len(phones.messages) == 2


async def test_a_lost_answer_is_said_to_be_lost_and_the_sms_is_out(phones) -> None:
    """Nobody may say that it was not sent."""
    phones.fault = "lost"
    with pytest.raises(AnswerLostError):
        await phones.channel.deliver(SMS)
    assert len(phones.messages) == 1


async def test_a_limit_waits_and_a_wrong_number_never_goes(phones) -> None:
    """Neither was sent."""
    phones.fault = "busy"
    with pytest.raises(PlatformBusyError) as caught:
        await phones.channel.deliver(SMS)
    assert caught.value.retry_after >= timedelta(minutes=1)
    phones.fault = "refused"
    with pytest.raises(PlatformRejectedError) as refused:
        await phones.channel.deliver(SMS)
    assert "138" not in str(refused.value)
    assert phones.messages == []


async def test_what_we_have_to_mend_keeps_the_message_waiting(phones) -> None:
    """A wrong key, signature or template is no fault of the customer's: it goes once that is right."""
    for change in ({"key_secret": "other"}, {"sign": "别家"}, {"templates": {}}):
        kept = phones.console
        phones.console = Console(
            "AK", change.get("key_secret", "geheim"), change.get("sign", "客铃"), "1400", kept.provider,
            change.get("templates", kept.templates),
        )  # fmt: skip
        with pytest.raises(PlatformBusyError):
            await phones.channel.deliver(SMS)
        phones.console = kept
    assert phones.messages == []


async def test_missing_parameters_are_refused_for_good(phones) -> None:
    """The text and the template do not agree."""
    short = CustomerMessage(touch_id="t", to="+8613812345678", text="x", template="SMS_1")
    with pytest.raises(PlatformRejectedError):
        await phones.channel.deliver(short)


@pytest.mark.parametrize(
    "wrong", [{"template": ""}, {"to": "13812345678"}, {"to": "+86138,+86139"}, {"to": ""}], ids=str
)
async def test_what_cannot_be_sent_is_refused_before_the_wire(phones, wrong) -> None:
    """No template, no country, two numbers, none."""
    known = {"touch_id": "t", "to": "+8613812345678", "text": "x", "template": "SMS_1", **wrong}
    with pytest.raises(PlatformRejectedError):
        await phones.channel.deliver(CustomerMessage(**known))
    assert phones.messages == []


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", 200, PlatformBusyError),
        ("isv.AMOUNT_NOT_ENOUGH", 200, PlatformBusyError),
        ("Throttling.User", 400, PlatformBusyError),
        ("isv.BLACK_KEY_CONTROL_LIMIT", 200, PlatformRejectedError),
        ("FailedOperation.PhoneNumberInBlacklist", 200, PlatformRejectedError),
        ("FailedOperation.MarketingSendTimeConstraint", 200, PlatformBusyError),
        ("isv.NEW_AND_UNKNOWN", 200, PlatformRejectedError),
        ("InternalError.Timeout", 200, AnswerLostError),
        ("SomethingBroke", 500, AnswerLostError),
    ],
)
def test_what_codes_mean(code: str, status: int, error: type[Exception]) -> None:
    """Later, never, or nobody knows."""
    from bot.adapters.sms.codes import meaning

    assert type(meaning(code, status=status)) is error


@pytest.mark.parametrize(
    "wrong",
    [
        {"callback_secret": "short"},
        {"key_secret": ""},
        {"provider": "other"},
        {"provider": "tencent", "app_id": ""},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong) -> None:
    """Before the first SMS; an address that can be guessed would let anybody unsubscribe anybody."""
    with pytest.raises(ValidationError):
        config(**wrong)


def test_secrets_are_not_printed() -> None:
    """Logs show settings."""
    assert "geheim" not in repr(config())
    assert "s" * 20 not in repr(config())
