"""Mails as they lie in a mailbox: composed here, in the shapes that clients and servers give them."""

from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage

TO = "sales@yunfan.example"
OWN = frozenset({TO, "yunfan.example"})


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def raw(
    body: bytes,
    *,
    sender: str = "wang@kehu.example",
    subject: bytes = b"enquiry",
    kind: str = "text/plain; charset=utf-8",
    coding: str = "8bit",
    message_id: str = "<1@kehu.example>",
    **more: str,
) -> bytes:
    """A mail by its bytes, so that the charset may be what it should not be."""
    heads = [f"From: {sender}", f"To: {TO}", f"Content-Type: {kind}", f"Content-Transfer-Encoding: {coding}"]
    heads += [f"Message-ID: {message_id}"] if message_id else []
    heads += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return b"\r\n".join([*(one.encode() for one in heads), b"Subject: " + subject, b"", body])


def encoded(text: str, charset: str) -> bytes:
    """A subject as an encoded word."""
    return f"=?{charset}?B?{base64.b64encode(text.encode('gb18030' if charset.startswith('gb') else charset)).decode()}?=".encode()


def quoted(text: str, charset: str) -> bytes:
    return quopri.encodestring(text.encode(charset))


def with_attachment(text: str = "附件是图纸，请报价。") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "王伟 <wang@kehu.example>", TO, "询价"
    mail["Message-ID"] = "<2@kehu.example>"
    mail.set_content(text)
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="图纸 一.pdf")
    mail.add_attachment(b"x", maintype="application", subtype="octet-stream", filename="bom.xlsx")
    return mail.as_bytes()


def bounce() -> bytes:
    """As RFC 3464 has it."""
    return crlf(
        """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.kehu.example>
To: sales@yunfan.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mx.kehu.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. Your phone is 13812345678.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kehu.example

Final-Recipient: rfc822; nobody@kehu.example
Action: failed
Status: 5.1.1
--b--
"""
    )


FORWARDED = """帮跟进一下，谢谢

------------------ 原始邮件 ------------------
发件人: "赵敏" <zhao@dongfang.example>;
发送时间: 2026年11月18日(星期三) 上午9:12
收件人: "sales"<sales@yunfan.example>;
主题: 咨询专业版报价

您好，我们是东方机械有限公司，想了解 50 人版的价格。
赵敏 13700001111
"""
FORWARDED_ENGLISH = """FYI

---------- Forwarded message ---------
From: Tom Zhao <tom@east.example>
Date: Wed, Nov 18, 2026 at 9:12 AM
Subject: Quote please
To: <sales@yunfan.example>


Please send a quote. Mobile: +86 137 0000 1111
"""
