"""Which of several shapes a piece of a file has: one key of it says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.kit.yaml_model import Strict


def kind_in(kinds: Mapping[str, type[Strict]], said: Any, *, otherwise: str) -> str:  # noqa: ANN401 - whatever the file holds
    """The kind by its key, of a value that was read or of what is to be read; `otherwise` where none fits."""
    if isinstance(said, Strict):
        return next((key for key, model in kinds.items() if type(said) is model), otherwise)
    found = next((key for key in kinds if key in said), "") if isinstance(said, Mapping) else ""
    return found or otherwise


def tagged(kinds: Mapping[str, type[Strict]], *, otherwise: str) -> Callable[[Any], str]:
    """As pydantic's unions want it; in brackets, so that no message takes it for a key of the file."""

    def tag(said: Any) -> str:  # noqa: ANN401 - whatever the file holds
        return f"<{kind_in(kinds, said, otherwise=otherwise)}>"

    return tag
