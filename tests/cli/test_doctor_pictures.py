"""The doctor draws a picture, and says so when it cannot."""

from __future__ import annotations

from bot.cli.diagnosis import pictures
from bot.cli.diagnosis.finding import Level


def test_a_picture_is_drawn():
    """With the font that ships."""
    (found,) = pictures.look()
    assert (found.what, found.level) == ("pictures.drawn", Level.FINE)
    assert "12,028" in found.text


def test_without_the_renderer_it_is_worth_a_look(monkeypatch):
    """Not broken: every answer still comes in words."""
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    (found,) = pictures.look()
    assert (found.what, found.level) == ("pictures.drawn", Level.WORTH_A_LOOK)
    assert "resvg-py" in found.cure
