"""Mail that comes back: which mail of ours it is about, and what it says of it."""

from __future__ import annotations

import pytest

from bot.intake.mail.report import Report, Told, read_reply, read_report

ORIGINAL = "From: hi@firm.example\r\nTo: wang@example.com\r\nX-LeadBell: t1abc\r\nSubject: hi\r\n\r\nbody\r\n"


def dsn(
    *, status: str, action: str = "failed", to: str = "bounce@firm.example", original: str = ORIGINAL
) -> bytes:
    """As Postfix writes them."""
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; wang@example.com\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


def test_a_standard_bounce_is_known_by_the_mail_inside() -> None:
    """Also where the provider threw away what stands behind the plus."""
    assert read_report(dsn(status="5.1.1")) == Report(Told.BOUNCED, "t1abc", "5.1.1")


def test_the_address_to_which_it_came_back_says_which_one_it_was() -> None:
    """Even with nothing of ours inside."""
    raw = dsn(status="4.2.2", to="bounce+t9@firm.example", original="Subject: x\r\n\r\n")
    assert read_report(raw) == Report(Told.BOUNCED, "t9", "4.2.2")


@pytest.mark.parametrize(
    ("action", "status"), [("expanded", "2.1.5"), ("relayed", "2.0.0"), ("delivered", "2.0.0")]
)
def test_a_success_is_no_bounce(action: str, status: str) -> None:
    """A list took it and gave it on."""
    found = read_report(dsn(status=status, action=action))
    assert found is not None
    assert found.told is Told.DELAYED


def test_a_server_that_goes_on_trying_has_lost_nothing() -> None:
    """Delayed is no bounce."""
    found = read_report(dsn(status="4.4.1", action="delayed"))
    assert found is not None
    assert found.told is Told.DELAYED


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("您的邮件被退回，原因：550 5.1.1 用户不存在", "5.1.1"),
        ("退信原因：收件人邮箱不存在 (550 MI:NHD)", "5.0.0"),
        ("Mailbox full, 452 try again later", "4.0.0"),
        ("对方拒收了您的邮件。", "5.0.0"),
    ],
)
def test_bounces_in_words(words: str, status: str) -> None:
    """As mail providers here write them: no report, a sentence."""
    raw = f"From: postmaster@mx.example\r\nTo: bounce+t2@firm.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}"
    assert read_report(raw.encode()) == Report(Told.BOUNCED, "t2", status)


def test_a_feedback_report_is_a_complaint() -> None:
    """RFC 5965: he called it spam."""
    raw = dsn(status="5.0.0").replace(b"report-type=delivery-status", b"report-type=feedback-report")
    found = read_report(raw)
    assert found == Report(Told.COMPLAINED, "t1abc")


def test_an_answer_names_the_mail_it_answers() -> None:
    """The last one of a thread."""
    raw = b"From: w@example.com\r\nReferences: <a@x> <t0@firm.example>\r\nIn-Reply-To: <t1abc@firm.example>\r\n\r\nok"
    assert read_reply(raw) == Report(Told.REPLIED, "t1abc")
    assert read_reply(b"From: w@example.com\r\n\r\nhello") is None


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"To: <<<>>>\r\n\r\n", b"To: bounce+../../x@f.cn\r\n\r\n", dsn(status="x")[:200]],
)
def test_what_is_none_is_none_and_never_raises(raw: bytes) -> None:
    """Anybody sends anything."""
    assert read_report(raw) is None
