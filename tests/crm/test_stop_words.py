"""Who asks for no more is obeyed, however he says it; who speaks of something else is not."""

from __future__ import annotations

import pytest

from bot.crm.stop_words import asks_to_stop, is_stop

ALONE = (
    *(
        "退订",
        "退订。",
        "退订。谢谢",
        "请退订",
        "拒收",
        "退 订",
        "退訂",
        "退\u200b订",
        "退定",
        "别发了",
        "不要再发",
        "不要再发了！",
    ),
    *(
        "请不要再发了",
        "td",
        "ｔｄ",
        "T D",
        "TD0000",
        "stop",
        "STOPALL",
        "please stop",
        "Unsubscribe",
        "停止发送",
        "別再發",
    ),
)
LETTERS = (
    *(
        "R",
        "r ",
        "Ｒ",
        "T",
        "N",
        "R1",
        "TT",
        "T 谢谢",
        "T了谢谢",
        "\u202eT",
        "回复T",
        "回复TD",
        "CANCEL",
        "取消",
    ),
)
IN_A_SENTENCE = (
    *(
        "我要退订",
        "麻烦退订，谢谢了啊",
        "请别再给我发了",
        "取消订阅",
        "TD退订",
        "别再发广告了",
        "请不要再给我发广告了",
    ),
    *(
        "别发了好吗",
        "不想再收到短信",
        "不要再推送",
        "取消關注推送 退訂",
        "取消發送",
        "请停止发送短信",
        "我要退订，别再发了",
    ),
    *("为什么没退订，再退订一次", "怎么还没退订", "我没退订成功请退订", "请不要打扰我"),
)
OF_SOMETHING_ELSE = (
    *(
        "",
        "好的",
        "1",
        "Tomorrow",
        "Reply",
        "TTTTTTTT",
        "请明天打给我",
        "不退订",
        "我没有退订过",
        "不要再发票",
        "没收到短信",
    ),
    *("不要再发顺丰，发京东", "别发报价单了", "我要退订单", "能退订金吗", "不用再收货款了", "不好意思打扰了"),
    "【客铃】产品介绍已发到邮箱，欢迎查收。拒收请回复R",
)


@pytest.mark.parametrize("text", [*ALONE, *LETTERS])
def test_a_reply_to_an_sms(text: str) -> None:
    """In whatever width, case and politeness."""
    assert is_stop(text, letters=True)


@pytest.mark.parametrize("text", ALONE)
def test_in_a_chat_what_cannot_be_misread(text: str) -> None:
    """The same words."""
    assert is_stop(text, letters=False)


@pytest.mark.parametrize("text", LETTERS)
def test_in_a_chat_a_single_letter_may_mean_anything(text: str) -> None:
    """It is read by a colleague."""
    assert not is_stop(text, letters=False)
    assert not asks_to_stop(text, questions=False)


@pytest.mark.parametrize("text", IN_A_SENTENCE)
def test_in_a_sentence(text: str) -> None:
    """It ends the messages, and somebody reads the rest."""
    assert is_stop(text, letters=False) or asks_to_stop(text, questions=False)


@pytest.mark.parametrize("text", ["怎么退订？", "退订怎么弄"])
def test_a_question_is_answered_where_somebody_answers(text: str) -> None:
    """Nobody answers an SMS: there it is a stop."""
    assert asks_to_stop(text, questions=True)
    assert not asks_to_stop(text, questions=False)


@pytest.mark.parametrize("text", OF_SOMETHING_ELSE)
def test_what_asks_for_nothing_of_the_kind(text: str) -> None:
    """Nor does our own text, sent back."""
    assert not is_stop(text, letters=True)
    assert not asks_to_stop(text, questions=True)


def test_of_a_sentence_only_the_words_that_ask_are_given() -> None:
    """What else he wrote, a number perhaps, is not for the row of his consent."""
    assert asks_to_stop("别再发了13912345678", questions=True) == "别再发"
    assert asks_to_stop("别再发短信到13912345678", questions=True) == "别再发"
