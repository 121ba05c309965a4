"""Mail over SMTP to a real server: what arrives, and what each way of failing means."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd import smtp
from pydantic import ValidationError

from bot.adapters.smtp import CHANNEL
from bot.adapters.smtp.config import Config
from bot.chat.adapter import Means
from bot.chat.channel import CustomerMessage
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.conftest import NOW

OUT = "https://crm.example/u/abc.def"
MAIL = CustomerMessage(
    touch_id="t1abc", to="wang@example.com", text="您好", html="<p>您好</p>", subject="广告 您好",
    unsubscribe_url=OUT, is_marketing=True,
)  # fmt: skip


class Box:
    """Takes mail, and answers as it is told."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, str] = {}
        #: Takes the mail and hangs up instead of saying so.
        self.hangs_up = False
        self.connections = 0

    async def handle_MAIL(self, server, session, envelope, address, mail_options):  # noqa: N802 - the library's hook
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802 - the library's hook
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's hook
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if self.hangs_up:
            server.transport.abort()
        return self.answers.get("DATA", "250 OK")


class Seconds:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
async def box():
    box = Box()

    def met() -> smtp.SMTP:
        box.connections += 1
        return smtp.SMTP(box, hostname="mx.example.com")

    server = await asyncio.get_running_loop().create_server(met, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def channel(box, seconds, random_bytes):
    built = CHANNEL.build(config(port=box.port), Means(lambda: NOW, seconds, random_bytes))
    yield built
    await built.close()


def config(**given: object) -> Config:
    known = {
        "host": "127.0.0.1", "tls": "none", "sender": "service@firm.example", "sender_name": "客铃",
        "bounce": "bounce@firm.example", "within": 5,
    }  # fmt: skip
    return Config.model_validate({**known, **given})


async def test_a_mail_arrives_with_all_that_lets_it_be_left_and_traced(box, channel) -> None:
    """Text and HTML, one-click unsubscribe, our own id, and an envelope that says which mail comes back."""
    assert await channel.deliver(MAIL) == "<t1abc@firm.example>"
    ((sender, to, raw),) = box.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert (sender, to) == ("bounce+t1abc@firm.example", ["wang@example.com"])
    assert (mail["From"].addresses[0].addr_spec, mail["Subject"]) == ("service@firm.example", "广告 您好")
    assert (mail["Message-ID"], mail["X-LeadBell"]) == ("<t1abc@firm.example>", "t1abc")
    assert mail["List-Unsubscribe"] == f"<{OUT}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert (plain.get_content().strip(), html.get_content().strip()) == ("您好", "<p>您好</p>")


async def test_service_mail_is_no_list(box, channel) -> None:
    """What is no advertising has nothing to unsubscribe from."""
    await channel.deliver(CustomerMessage(touch_id="t2", to="a@b.cn", text="好", subject="s"))
    mail = message_from_bytes(box.mails[0][2], policy=policy.default)
    assert mail["List-Unsubscribe"] is None
    assert mail.get_content_type() == "text/plain"


async def test_one_connection_carries_many_and_a_dead_one_is_replaced(box, channel, seconds) -> None:
    """Two in a row share it; after a rest it is opened anew."""
    for _ in range(2):
        await channel.deliver(MAIL)
    assert box.connections == 1
    seconds.s += 60
    await channel.deliver(MAIL)
    assert (box.connections, len(box.mails)) == (2, 3)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ("450 4.2.1 later", PlatformBusyError, None),
        ("421 4.7.0 closing", PlatformBusyError, None),
        ("550 5.1.1 <wang@example.com> no such user", PlatformRejectedError, "5.1.1"),
        ("554 no", PlatformRejectedError, "554"),
    ],
)
async def test_a_refusal_is_certain(box, channel, command, answer, error, code) -> None:
    """4xx may be tried again, 5xx never; neither was sent, and the text with the address stays behind."""
    box.answers[command] = answer
    with pytest.raises(error) as caught:
        await channel.deliver(MAIL)
    assert "wang" not in str(caught.value)
    if code is not None:
        assert caught.value.code == code
    box.answers.clear()
    taken = len(box.mails)
    await channel.deliver(MAIL)
    assert len(box.mails) == taken + 1


async def test_a_lost_250_is_a_lost_answer_and_the_next_mail_goes(box, channel) -> None:
    """The server has it and hangs up: nobody knows, so nobody may say that it was not sent."""
    box.hangs_up = True
    with pytest.raises(AnswerLostError):
        await channel.deliver(MAIL)
    assert len(box.mails) == 1
    box.hangs_up = False
    await channel.deliver(MAIL)
    assert len(box.mails) == 2


async def test_a_server_that_is_not_there_is_tried_again(random_bytes, seconds) -> None:
    """Nothing left us."""
    channel = CHANNEL.build(config(port=1), Means(lambda: NOW, seconds, random_bytes))
    with pytest.raises(PlatformBusyError) as caught:
        await channel.deliver(MAIL)
    assert caught.value.retry_after >= timedelta(seconds=30)
    await channel.close()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "a@b.cn,c@d.cn",
        "a@b.cn\r\nBcc: x@y.z",
        "wang",
        "a b@c.cn",
        "<a@b.cn>",
        "a@b@c",
        "王@b.cn",
        "a@b..cn",
    ],
)
async def test_what_is_not_one_address_is_never_written_to(box, channel, to) -> None:
    """Two, none, or a header in disguise: refused before anything is said to the server."""
    with pytest.raises(PlatformRejectedError):
        await channel.deliver(CustomerMessage(touch_id="t", to=to, text="x", subject="s"))
    assert box.mails == []


async def test_a_subject_of_two_lines_is_refused(box, channel) -> None:
    """Whatever made it, it makes no second header."""
    with pytest.raises(PlatformRejectedError):
        await channel.deliver(CustomerMessage(touch_id="t", to="a@b.cn", text="x", subject="s\r\nBcc: x@y.z"))
    assert box.mails == []


async def test_a_domain_in_chinese_is_spelled_as_servers_know_it(box, channel) -> None:
    """IDNA; the local part stays."""
    await channel.deliver(CustomerMessage(touch_id="t", to="a@例子.中国", text="x", subject="s"))
    assert box.mails[0][1] == ["a@xn--fsqu00a.xn--fiqs8s"]


@pytest.mark.parametrize(
    "wrong", [{"sender": ""}, {"sender": "客铃"}, {"bounce": "a,b@c.cn"}, {"tls": "maybe"}]
)
def test_settings_are_refused_when_they_cannot_work(wrong) -> None:
    """Before the first mail, not at it."""
    with pytest.raises(ValidationError):
        config(**wrong)


def test_the_password_is_not_printed() -> None:
    """Logs show settings."""
    assert "geheim" not in repr(config(password="geheim"))
