"""What a mail to the shared address becomes: an enquiry with its words, or nothing with a reason."""

from __future__ import annotations

import base64

import pytest

from bot.intake.doors.reading import Failed, Ready, Skipped
from bot.intake.mail import words
from bot.intake.mail.reading import read_mail
from tests.intake.mail import letters
from tests.intake.mail.letters import OWN, encoded, quoted, raw

TEXT = "您好，我是云帆科技有限公司的王伟，想了解专业版报价。\n电话 13812345678"


@pytest.fixture
def read(company):
    return lambda mail: read_mail(company, mail, own=OWN)


def enquiry(found):
    assert isinstance(found.what, Ready), found
    return found.what.enquiry


def skipped(found):
    assert isinstance(found.what, Skipped), found
    return found.what.reason


BODIES = {
    "utf-8": raw(TEXT.encode(), subject=encoded("询价", "utf-8")),
    "gb18030": raw(TEXT.encode("gb18030"), kind="text/plain; charset=gb18030", subject=encoded("询价", "gb18030")),
    "gb2312 that is more": raw(
        TEXT.encode("gbk"), kind='text/plain; charset="gb2312"', subject=encoded("询价", "gb2312")
    ),
    "quoted-printable": raw(quoted(TEXT, "gbk"), kind="text/plain; charset=GBK", coding="quoted-printable",
                            subject=encoded("询价", "gbk")),
    "base64": raw(base64.encodebytes(TEXT.encode()), coding="base64", subject=encoded("询价", "utf-8")),
    "undeclared": raw(TEXT.encode("gb18030"), kind="text/plain", subject="询价".encode("gb18030")),
    "declared wrongly": raw(TEXT.encode("gb18030"), kind="text/plain; charset=utf-8", subject="询价".encode()),
    "an unknown charset": raw(TEXT.encode(), kind="text/plain; charset=x-nothing", subject=encoded("询价", "utf-8")),
    "html alone": raw(
        "<html><head><style>p{color:red}</style></head><body><p>您好，我是云帆科技有限公司的王伟，"
        "想了解专业版报价。</p><div>电话&nbsp;13812345678</div><script>alert(1)</script></body></html>".encode(),
        kind="text/html; charset=utf-8", subject=encoded("询价", "utf-8"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mail", BODIES.values(), ids=BODIES)
def test_words_in_any_charset_are_read(read, mail):
    found = enquiry(read(mail))

    assert found.known.phone.reveal() == "+8613812345678"
    assert found.known.email.reveal() == "wang@kehu.example"
    assert found.known.company == "云帆科技有限公司"
    assert found.known.message.startswith("主题：询价\n您好，我是云帆科技有限公司的王伟")
    assert "alert" not in found.known.message
    assert "color" not in found.known.message
    assert found.origin.source == "邮件询盘"


def test_the_sender_may_be_named_in_any_charset(read):
    sender = f"{encoded('王伟', 'gb2312').decode()} <Wang@Kehu.Example>"

    found = enquiry(read(raw(TEXT.encode(), sender=sender)))

    assert (found.known.name, found.known.email.reveal()) == ("王伟", "wang@kehu.example")


def test_attachments_are_listed(read):
    found = enquiry(read(letters.with_attachment()))

    assert "附件：图纸 一.pdf、bom.xlsx" in found.known.message
    assert found.sent["theirs"]["attachments"] == ["图纸 一.pdf", "bom.xlsx"]


def test_lines_with_labels_fill_fields(read):
    """As contact forms of other sites send them."""
    text = "姓名：孙丽\n手机：13600002222\n公司：远山软件\n职位：总监\n城市：深圳\n需求：看演示"

    known = enquiry(
        read(raw(text.encode(), sender="noreply@form.example", Reply_To="sun@yuan.example"))
    ).known

    assert (known.name, known.phone.reveal(), known.company) == ("孙丽", "+8613600002222", "远山软件")
    assert (known.title, known.city, known.email.reveal()) == ("总监", "深圳", "sun@yuan.example")


def test_what_an_answer_quotes_is_not_its_own(read):
    """The number in the quoted part is ours."""
    text = "好的，请打给我 13812345678\n\n在 2026年11月17日，云帆 写道：\n> 我们的电话 13900000000\n"

    known = enquiry(read(raw(text.encode()))).known

    assert known.phone.reveal() == "+8613812345678"
    assert "13900000000" not in known.message


SKIPPED = {
    "a bounce": (letters.bounce(), "bounce"),
    "a bounce of another make": (
        raw(b"x", Return_Path="<>", subject=encoded("系统退信", "utf-8"), sender="admin@qq.example"),
        "bounce",
    ),
    "from the daemon": (raw(b"x", sender="postmaster@kehu.example"), "bounce"),
    "out of office": (raw(b"x", Auto_Submitted="auto-replied"), "auto_reply"),
    "an answerer's own header": (raw(b"x", X_Autoreply="yes"), "auto_reply"),
    "by precedence": (raw(b"x", Precedence="auto_reply"), "auto_reply"),
    "by its subject": (raw(b"x", subject=encoded("自动回复：我在休假", "gb2312")), "auto_reply"),
    "by its English subject": (raw(b"x", subject=b"Automatic reply: enquiry"), "auto_reply"),
    "a null sender": (raw(b"x", Return_Path="<>"), "auto_reply"),
    "bulk": (raw(b"x", Precedence="bulk"), "bulk"),
    "a newsletter": (raw(b"x", List_Unsubscribe="<https://news.example/u>"), "bulk"),
    "our own": (raw(b"x", X_LeadBell="1"), "own"),
    "a colleague": (raw("大家好".encode(), sender="李娜 <lina@yunfan.example>"), "own_address"),
    "the mailbox itself": (raw(b"x", sender=letters.TO), "own_address"),
    "nobody": (raw(b"x", sender="undisclosed"), "no_sender"),
}


@pytest.mark.parametrize(("mail", "reason"), SKIPPED.values(), ids=SKIPPED)
def test_what_is_no_enquiry_has_a_reason(read, mail, reason):
    assert skipped(read(mail)) == reason


def test_a_plain_no_in_auto_submitted_is_a_person(read):
    assert enquiry(read(raw(TEXT.encode(), Auto_Submitted="no"))).known.name == ""


def test_a_list_of_our_own_hands_on_enquiries(read):
    """sales@ may be a group: its mails carry the marks of a list."""
    mail = raw(TEXT.encode(), List_Id="<sales.yunfan.example>", Precedence="list")

    assert enquiry(read(mail)).known.email.reveal() == "wang@kehu.example"


@pytest.mark.parametrize(
    ("text", "address", "phone"),
    [
        (letters.FORWARDED, "zhao@dongfang.example", "+8613700001111"),
        (letters.FORWARDED_ENGLISH, "tom@east.example", "+8613700001111"),
    ],
)
def test_a_colleague_passes_on_an_enquiry(read, text, address, phone):
    """The lead is who wrote first, not the colleague."""
    mail = raw(text.encode(), sender="lina@yunfan.example", subject=encoded("转发：咨询", "utf-8"))

    known = enquiry(read(mail)).known

    assert (known.email.reveal(), known.phone.reveal()) == (address, phone)
    assert "帮跟进" not in known.message


def test_an_enquiry_passed_on_as_an_attachment_is_read(read):
    inner = raw(TEXT.encode(), sender=f"{encoded('王伟', 'utf-8').decode()} <wang@kehu.example>")
    outer = b"\r\n".join(
        [
            b"From: lina@yunfan.example", b"To: sales@yunfan.example", b"Subject: fwd", b"Message-ID: <f@y>",
            b'Content-Type: multipart/mixed; boundary="m"', b"", b"--m", b"Content-Type: text/plain", b"", b"see",
            b"--m", b"Content-Type: message/rfc822", b"", inner, b"--m--", b"",
        ]
    )  # fmt: skip

    assert enquiry(read(outer)).known.name == "王伟"


def test_a_forward_without_a_sender_waits_for_people(read):
    mail = raw(
        "转发的内容，没有发件人".encode(), sender="lina@yunfan.example", subject=encoded("转发：x", "utf-8")
    )

    assert read(mail).what == Failed("id:1@kehu.example", "forward_unclear")


def test_copies_of_one_mail_have_one_name(read):
    one, other = raw(b"x", Received="from a"), raw(b"x", Received="from b")
    nameless = raw(b"y", message_id="")

    assert read(one).what.key == read(other).what.key == "id:1@kehu.example"
    assert read(nameless).what.key.startswith("raw:")


@pytest.mark.parametrize("cut", range(0, 900, 23))
def test_nothing_makes_it_fall_over(read, cut):
    """A mail that ends anywhere, and bytes that are none."""
    for whole in (letters.bounce(), letters.with_attachment(), BODIES["quoted-printable"]):
        assert read(whole[:cut]).what.key
        assert read(whole[:cut] + b"\x00\xff\xfe=?gb2312?B?////?=\r\n" + whole[cut:]).what.key


def test_words_that_could_take_for_ever_do_not(read):
    long = "公司有" * 60_000 + "1" * 60_000 + "写道" * 20_000

    assert read(raw(long.encode())).what.key


def test_a_landline_is_found_by_its_label():
    assert words.phone("传真 0755-1\n电话：0755-86013388") == "0755-86013388"
    assert words.phone("订单 20261118001 已发货") == ""
