"""Words that merging leaves in history."""

from __future__ import annotations

REASON = "{gone} 并入 {kept}"
