"""The command line in Chinese: help pages, and what is said about a wrong command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

#: The errors of the library that typer stands on, wherever it keeps it.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]
_HELP = "显示这段说明"
_VALUES = {
    "int": "整数",
    "integer": "整数",
    "path": "文件",
    "file": "文件",
    "directory": "目录",
    "float": "数",
}
#: What a value has to be, by how the library says it.
_MUST_BE = (
    ("integer", "要填整数"),
    ("number", "要填数字"),
    ("exist", "没有这个文件"),
    ("director", "要填目录"),
    ("boolean", "只能是开或关"),
)


class Command(TyperCommand):
    """A command whose help is Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the library's own
        """Write the page."""
        formatter.write(_page(self, ctx, self.get_params(ctx), commands=()))


class Group(TyperGroup):
    """Commands whose list is Chinese."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the library's own
        """Write the page."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        listed = [
            (name, (one.help or "").strip()) for name, one in found if one is not None and not one.hidden
        ]
        formatter.write(_page(self, ctx, self.get_params(ctx), commands=listed))


def run(app: Callable[..., Any]) -> int:
    """Run the command line; the exit code: 2 for a line that means nothing."""
    try:
        code = app(prog_name="leadbell", standalone_mode=False)
    except UsageError as exc:
        typer.echo(_said(exc), err=True)
        return 2
    except typer.Abort:
        typer.echo("已中止。", err=True)
        return 1
    return code if isinstance(code, int) else 0


def _page(command: Any, ctx: Any, params: Sequence[Any], *, commands: Sequence[tuple[str, str]]) -> str:  # noqa: ANN401 - the library's own
    arguments = [
        one for one in params if one.param_type_name == "argument" and not getattr(one, "hidden", False)
    ]
    options = [one for one in params if one.param_type_name == "option" and not getattr(one, "hidden", False)]
    usage = [ctx.command_path, *(["[选项]"] if options else []), *(_argument(one) for one in arguments)]
    if commands:
        usage.append("命令 …")
    parts = [f"用法：{' '.join(usage)}", (command.help or "").strip()]
    parts += _section("参数", [(_argument(one), _explained(one)) for one in arguments])
    parts += _section("选项", [(_option(one), _explained(one)) for one in options])
    parts += _section("命令", commands)
    if commands:
        parts.append(f"某个命令怎么用：{ctx.command_path} 命令 --help")
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    wide = max(_width(name) for name, _ in rows)
    return [
        "\n".join(
            (
                f"{title}：",
                *(f"  {name}{' ' * (wide - _width(name))}  {text}".rstrip() for name, text in rows),
            )
        )
    ]


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)  # noqa: PLR2004 - where wide letters begin


def _argument(param: Any) -> str:  # noqa: ANN401 - the library's own
    name = (param.metavar or param.name or "").strip("[]").upper()
    return name if param.required else f"[{name}]"


def _option(param: Any) -> str:  # noqa: ANN401 - the library's own
    names = ", ".join((*param.opts, *param.secondary_opts))
    if param.is_flag or param.name == "help":
        return names
    kind = str(getattr(param.type, "name", "") if hasattr(param, "type") else "").lower()
    return f"{names} {param.metavar or _VALUES.get(kind, '值')}"


def _explained(param: Any) -> str:  # noqa: ANN401 - the library's own
    if param.name == "help":
        return _HELP
    text = (getattr(param, "help", "") or "").strip()
    default = param.default
    if default in {None, "", False} or getattr(param, "show_default", True) is False or "默认" in text:
        return text
    return f"{text}（默认 {default}）"


def _said(exc: Any) -> str:  # noqa: ANN401 - the library's own
    ctx = getattr(exc, "ctx", None)
    kind = type(exc).__name__
    if kind == "NoArgsIsHelpError":
        return str(exc.message).rstrip()
    where = ctx.command_path if ctx is not None else "leadbell"
    return f"{_trouble(kind, exc, ctx)}\n怎么用：{where} --help"


def _trouble(kind: str, exc: Any, ctx: Any) -> str:  # noqa: ANN401 - the library's own
    text = str(getattr(exc, "message", "") or exc)
    if kind == "NoSuchOption":
        return f"没有 {exc.option_name} 这个选项{_meant(sorted(exc.possibilities or ()))}"
    if kind == "MissingParameter":
        return f"少了 {_named(exc)}。"
    if kind == "BadParameter":
        return f"{_named(exc)} 的值不对：{next((say for word, say in _MUST_BE if word in text), text)}。"
    return _by_words(text, exc, ctx)


def _by_words(text: str, exc: Any, ctx: Any) -> str:  # noqa: ANN401 - the library's own
    """What the library only says in words."""
    if found := re.match(r"No such command '(.+?)'", text):
        known = ctx.command.list_commands(ctx) if ctx is not None else ()
        return f"没有 {found[1]} 这个命令{_meant(get_close_matches(found[1], known, n=2))}"
    if found := re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", text):
        return f"多了参数：{found[1]}。"
    if "requires an argument" in text:
        return f"{getattr(exc, 'option_name', '选项')} 后面要写值。"
    return "少了命令。" if text.startswith("Missing command") else f"命令行写得不对：{text}"


def _named(exc: Any) -> str:  # noqa: ANN401 - the library's own
    param = exc.param
    if param is None:
        return "参数"
    return _argument(param).strip("[]") if param.param_type_name == "argument" else "/".join(param.opts)


def _meant(near: Sequence[str]) -> str:
    return f"。是不是 {' 或 '.join(near)}？" if near else "。"
