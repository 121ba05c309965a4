"""What admins and marketers read about the other doors: connectors, mailbox, codes."""

from __future__ import annotations

from collections.abc import Mapping

#: Doors that are no connector.
TITLES: Mapping[str, str] = {"mailbox": "询盘邮箱"}
_REASONS: Mapping[str, str] = {
    "unreadable": "内容读不懂",
    "no_map": "这张表单没有写怎么对应",
    "no_form": "对应的表单在 config/forms.yaml 里没有",
}
#: Why a mail is nobody's enquiry.
_SKIPPED: Mapping[str, str] = {
    "bounce": "退信",
    "auto_reply": "自动回复",
    "bulk": "群发邮件",
    "own": "自己发的",
    "own_address": "同事写的",
    "too_often": "同一发件人太频繁",
    "no_sender": "没有发件人",
    "too_large": "太大",
}


def reason(name: str, label_of: Mapping[str, str] | None = None) -> str:
    """Why something was not taken, for people."""
    if name.startswith("fields:"):
        fields = name.removeprefix("fields:").split(",")
        shown = "、".join((label_of or {}).get(one, one) for one in fields)
        return f"没有可用的联系方式，或答案不合格（{shown}）"
    return _REASONS.get(name) or _SKIPPED.get(name) or name


def failed(title: str, door: str, why: str) -> str:
    """To an admin, once an hour."""
    file = f"config/connectors/{door}.yaml"
    return (
        f"{title}来了一条线索，没能收下：{reason(why)}。\n"
        f"原文已加密保存，没有丢。改好 {file} 后，发「重试 {title}」。"
    )


NOT_YOURS = "这个由管理员和市场同事看。"
NONE_CONNECTED = "还没有接入表单工具、广告平台或询盘邮箱：在 config/connectors/ 里写对应关系就能接。"
HEAD = "接入情况："
#: Ends the list: a platform may add what nobody sees to the end of a text.
NOT_TO_SHARE = "推送地址里有密钥，不要外传。"
ADDRESSES_ALONE = "推送地址只在私聊里给管理员看。"
RETRY_WHAT = "要重试哪一个？例如：重试 金数据"
RETRY_UNKNOWN = "没有「{said}」这个接入，有的是：{known}。"
RETRY_NOTHING = "{title}没有没收下的数据。"
RETRY_BEGUN = "正在重试{title}没收下的 {n} 条，好了告诉你。"


def connector(title: str, counts: Mapping[str, int], last: str, address: str) -> str:
    """One line, or two with the address."""
    line = f"· {title}：{_counted(counts)}{f'，最近 {last}' if last else ''}"
    return f"{line}\n  推送地址 {address}" if address else line


def mailbox(counts: Mapping[str, int], last: str, looked: str, trouble: str) -> str:
    """The shared mailbox."""
    line = f"· 询盘邮箱：{_counted(counts)}{f'，最近 {last}' if last else ''}"
    if trouble:
        return f"{line}；现在连不上（{trouble}）"
    return f"{line}；{looked} 看过" if looked else f"{line}；还没看过"


def retried(title: str, *, taken: int, tried: int) -> str:
    """To whoever asked, at the end."""
    rest = tried - taken
    more = f"，还有 {rest} 条不行，原文都还在" if rest else ""
    return f"{title}：重试 {tried} 条，收下 {taken} 条{more}。"


def _counted(counts: Mapping[str, int]) -> str:
    if not any(counts.values()):
        return "还没来过数据"
    parts = [f"收下 {counts.get('taken', 0)} 条"]
    parts += [f"没收下 {counts['failed']} 条"] if counts.get("failed") else []
    parts += [f"不是线索 {counts['skipped']} 条"] if counts.get("skipped") else []
    return "，".join(parts)
