"""Measurements: one module per path, each with its aims; `python -m bench` runs them all."""

from __future__ import annotations

from bot.kit.garbage import look_seldom

# As every process of ours begins.
look_seldom()
