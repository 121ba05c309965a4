"""导出本月线索: a question with the wish to have its records as a file."""

from __future__ import annotations

import re

from bot.insight.ask.normalise import fold

_FILE = r"(?:excel表格?|excel|xlsx?|csv|电子表格|表格|文件)"
_WISH = re.compile(
    r"(?:请|帮我|给我|麻烦)*(?:一键)?"
    r"(?:导出来?|导下来|导成|导一下|导一份|导个|导份|倒出来|下载下来|下载|存成|保存成|输出成?)"
    rf"(?:一下|一份|个|份|下|成|为|到)*{_FILE}?(?:给我|发我|吧|呗|啊|呀)*"
)
_LEADS_IN = re.compile(r"^\s*(?:请|帮我|给我|麻烦)*(?:把|将)")


def without_export(text: str) -> str | None:
    """The question without the wish; None if nothing is to be exported."""
    plain = fold(text)
    if not _WISH.search(plain):
        return None
    return _LEADS_IN.sub("", _WISH.sub(" ", plain)).strip()
