"""What colleagues hear of customers who answered a message of ours."""

from __future__ import annotations

REPLIED_BY_SMS = "{lead}（{id}）回复了短信：\n{text}"
