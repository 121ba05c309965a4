"""What travels as JSON."""

from __future__ import annotations

from typing import Any, TypeAlias

#: An object of JSON; its shape is the sender's, so it is checked where it is read.
Json: TypeAlias = dict[str, Any]
