"""Who asks for no more messages, in his own words: answering an SMS or a mail, or in a chat."""

from __future__ import annotations

import re
import unicodedata

#: A longer reply of letters says more than stop.
_SHORT = 6
#: In a message no longer than this they are what it is about; a longer one may quote our own words.
_SENTENCE = 20
_PLAIN = str.maketrans("訂別發關給", "订别发关给")
_POLITE = re.compile(r"您好|你好|请|麻烦(?:你|您)?|谢谢(?:你|您|了)?|多谢|PLEASE|THANKS|THANKYOU|THX")
#: What the last words of a request may be.
_PARTICLES = "了啦吧哦啊呀"
#: What cannot be misread, wherever it is said.
_CLEAR = frozenset(
    (
        *("TD", "TD0000", "STOP", "STOPALL", "UNSUBSCRIBE"),
        *(
            "退订",
            "退定",
            "拒收",
            "取消订阅",
            "停止发送",
            "停止推送",
            "勿扰",
            "不要再发",
            "不要发",
            "别发",
            "别再发",
        ),
        *("退订T", "退订R", "回T退订", "回退订", "回复退订"),
    )
)
#: What an SMS tells people to send, and what they make of it.
_KEYS = frozenset(
    (
        *("R", "T", "TT", "RR", "N", "QUIT", "CANCEL", "END", "取消", "停止"),
        *("回T", "回R", "回TD", "回复T", "回复R", "回复TD"),
    )
)
_KEYS_FIRST = ("R", "T")
_OF_MESSAGES = r"(?:短信|消息|信息|广告|邮件|推送|微信)"
_NO_MORE = r"(?:不要|不想|不再|不用|不需要|别|勿)(?:再)?(?:给我)?"
#: Not 别发顺丰, 不要再发票: what is not to be sent is a message, or is not named at all.
_SENT = rf"发(?:送|来|给我|我)?(?=$|[了啦吧呢好可这些那垃]|{_OF_MESSAGES})"
_ASKS = re.compile(
    rf"退[订定](?!单|金|购|货|票|酒|房|机)|拒收|取消(?:订阅|发送|推送|关注推送)|停止(?:发送?|推送|{_OF_MESSAGES})"
    rf"|{_NO_MORE}(?:{_SENT}|打扰|推送|接收(?=$|{_OF_MESSAGES})|收到?(?:你们?的?|您的)?{_OF_MESSAGES})"
    r"|UNSUBSCRIBE|STOPALL|STOPSENDING"
)
_ASKS_NOT = re.compile(r"(?:不|没|没有|未|误)(?:想|要|会|能|用)?(?:退[订定]|拒收|取消订阅)")
#: He did, and we go on.
_STILL = re.compile(r"(?:怎么|为什么|为何)(?:还|又)?(?:没有?|不)(?:给我)?退[订定]|没有?退[订定]成功")
_HOW = re.compile(r"怎么|如何|怎样|哪里|能否|可否|可以.*吗|能.*吗")


def is_stop(text: str, *, letters: bool) -> bool:
    """Whether it says that and nothing else; `letters`: also single ones, as an SMS tells people to send."""
    said = _POLITE.sub("", _letters(text)).rstrip(_PARTICLES)
    if said in _CLEAR:
        return True
    is_key = len(said) <= _SHORT and said.isascii() and said.rstrip("0123456789") in _KEYS_FIRST
    return letters and (said in _KEYS or is_key)


def asks_to_stop(text: str, *, questions: bool) -> str:
    """The words that ask for it within a sentence, which somebody has to read too; empty if there are none.

    `questions`: whether 怎么退订 asks for it, too; in a chat somebody answers.
    """
    said = _letters(text)
    if len(said) > _SENTENCE:
        return ""
    found = _ASKS.findall(said)
    if not found or (not _STILL.search(said) and len(found) <= len(_ASKS_NOT.findall(said))):
        return ""
    is_question = _HOW.search(said) is not None and not _STILL.search(said)
    if is_question and not questions and not re.search(_OF_MESSAGES, said):
        return ""
    return str(found[-1])


def _letters(text: str) -> str:
    """Letters and digits alone: no spaces, no stops, nothing that cannot be seen."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_PLAIN)
    return "".join(sign for sign in plain if sign.isalnum())
