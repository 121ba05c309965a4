"""Words about files that were brought in: 撤销导入 I7, 导入记录."""

from __future__ import annotations

from bot.crm.import_commands import ListImports, UndoImport
from bot.crm.phrases.said import GAP, Rule, Said, whole, words

_BATCH = r"(?P<batch>i\d{1,9})"
_BACK = words("撤销导入", "撤回导入", "取消导入", "导入撤销", "回滚导入", "撤销", "撤回", "回滚")
_UNDO = (whole(rf"{_BACK}{GAP}(?:批次)?{GAP}{_BATCH}"), whole(rf"(?:把)?(?:批次)?{_BATCH}{GAP}{_BACK}"))
_LIST = whole(words("导入记录", "导入历史", "导入批次", "最近导入", "看导入", "导入"))


def _imports(text: Said) -> object | None:
    for pattern in _UNDO:
        if found := pattern.fullmatch(text.plain):
            return UndoImport(found["batch"].upper())
    return ListImports() if _LIST.fullmatch(text.plain) else None


RULES: tuple[Rule, ...] = (_imports,)
