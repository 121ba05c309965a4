"""The company: everything that `config/` says, as one frozen value."""

from __future__ import annotations

from bot.crm.company.company import Company

__all__ = ["Company"]
