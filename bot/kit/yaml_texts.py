"""What the YAML reader says to people, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

SECOND_DOCUMENT = "一个文件只能有一份内容，请去掉多余的 ---"
ALIAS = "不支持 & 锚点和 * 引用，请把内容直接写出来"
MERGE = "不支持 << 合并，请把内容直接写出来"
COMPLEX_KEY = "键必须是一个词，不能是列表或对象"
CONTROL_CHARACTER = "有看不见的控制字符，请删除"
WIDE_COLON = "这里用了中文冒号，请换成英文冒号加一个空格"
WRONG_ENDING = "文件名要以 .yaml 结尾"
NOT_UTF8 = "文件不是 UTF-8 编码，请另存为 UTF-8"

# What libyaml and PyYAML say, by a part of it, and what we say instead; the first match counts.
_SYNTAX = (
    (
        "character that cannot start any token",
        "这里不能用这个字符（缩进请用空格，不要用 Tab；特殊字符请加引号）",
    ),
    ("cannot start any token", "这里不能用这个字符（缩进请用空格，不要用 Tab；特殊字符请加引号）"),
    ("mapping values are not allowed", "冒号的位置不对：检查缩进，含冒号的文字请加引号"),
    ("could not find expected ':'", "这一行缺少冒号，或冒号后面少了空格"),
    ("did not find expected key", "缩进与上面不一致，或缺少一个键"),
    ("expected <block end>", "缩进与上面不一致"),
    ("did not find expected '-' indicator", "列表的缩进不一致，或少了短横线"),
    ("block sequence entries are not allowed", "短横线的位置不对，请检查缩进"),
    ("unexpected end of stream", "引号没有成对"),
    ("expected ',' or ']'", "方括号没有成对，或少了逗号"),
    ("expected ',' or '}'", "花括号没有成对，或少了逗号"),
    ("did not find expected node content", "这里少了内容，或括号没有成对"),
    ("undefined tag handle", "不支持 ! 标签"),
    ("tab", "缩进请用空格，不要用 Tab"),
    ("unknown escape character", "双引号里的反斜杠写法不对，换成单引号试试"),
)


def syntax(problem: str) -> str:
    """The parser's complaint, in words for whoever wrote the file."""
    for part, said in _SYNTAX:
        if part in problem:
            return said
    return f"YAML 语法错误：{problem}"


def too_long(limit: int) -> str:
    """The file is larger than any configuration."""
    return f"文件太大，最多 {limit} 个字符"


def too_deep(limit: int) -> str:
    """More levels than any configuration has."""
    return f"嵌套太深，最多 {limit} 层"


def tag(name: str) -> str:
    """A `!tag`, which could build objects."""
    return f"不支持标签 {name}"


def duplicate(name: str) -> str:
    """The same key twice in one mapping; YAML's own rule is that the last one wins in silence."""
    return f"“{name}”重复了，同一处只能写一次"


def did_you_mean(name: str | None) -> str:
    """The tail of a message, empty without a suggestion."""
    return f"，是不是“{name}”？" if name else ""


def one_of(choices: Iterable[object]) -> str:
    """A short list of what would have been right."""
    listed = [str(choice) for choice in choices]
    shown = "、".join(listed[:12])
    return shown + ("等" if len(listed) > 12 else "")  # noqa: PLR2004 - a line of a terminal
