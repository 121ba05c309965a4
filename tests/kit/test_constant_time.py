"""Signatures are compared in constant time: how many of its letters are right is told to nobody."""

from __future__ import annotations

import ast
import re
from pathlib import Path

BOT = Path(__file__).resolve().parents[2] / "bot"
#: Where what strangers bring is compared with what only we can make.
ROOMS = ("kit", "adapters", "web", "store/buttons.py", "store/audit_chain.py", "worker")
MADE_BY_US = re.compile(r"signature|expected|mac|_mac|digest|hexdigest|token|receive_id|_receive_id")


def files() -> list[Path]:
    found = [BOT / room for room in ROOMS]
    return sorted(file for room in found for file in (room.rglob("*.py") if room.is_dir() else [room]))


def names(node: ast.AST) -> set[str]:
    parts = [one for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)]
    return {one.id if isinstance(one, ast.Name) else one.attr for one in parts}


def compared(source: str) -> list[str]:
    """Comparisons by letters of something that only we can make."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(by, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for by in node.ops)
        and any(MADE_BY_US.fullmatch(name) for name in names(node))
    ]


def test_no_signature_is_compared_letter_by_letter():
    found = {
        str(file.relative_to(BOT)): hits for file in files() if (hits := compared(file.read_text("utf-8")))
    }

    assert found == {}


def test_this_would_see_one():
    assert compared("if self.signature(a, b) != signature: raise") == ["self.signature(a, b) != signature"]
    assert compared("ok = _mac(key, text) == mac") == ["_mac(key, text) == mac"]
    assert compared("ok = compare_digest(expected, signature)") == []


def test_both_places_compare_in_constant_time():
    for name, times in (("kit/wecom_box.py", 2), ("kit/vault.py", 1)):
        assert (BOT / name).read_text("utf-8").count("hmac.compare_digest(") >= times, name
