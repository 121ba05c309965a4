"""config/assets/*.yaml: material that colleagues pass on to customers (素材), a file for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.crm.company import cross_check_words as words
from bot.crm.company.content import Content
from bot.crm.company.words import Label, Text
from bot.kit.yaml import ConfigError, Document, Path
from bot.kit.yaml_model import FaultAtError, Strict

#: What a browser shows or saves without running anything in it.
KINDS: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
    ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
MOST_BYTES = 20 * 1024 * 1024
FOLDER = "assets"
FileName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^/\\.\s][^/\\\n]*$")
]
WebAddress: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>]+$", max_length=500)]


class Asset(Strict):
    """One thing to pass on: a file of ours, or a page elsewhere."""

    #: What people call it.
    name: Label
    about: Text | None = None
    tags: Annotated[tuple[Label, ...], Field(max_length=20)] = ()
    #: Beside this file.
    file: FileName | None = None
    url: WebAddress | None = None
    #: The last day on which it is given out.
    until: dt.date | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Asset:
        if (self.file is None) == (self.url is None):
            msg = "file 和 url 写一个"
            raise FaultAtError((), msg)
        if self.file is not None and self.kind not in KINDS:
            msg = f"这种文件不能发，可以是 {'、'.join(sorted(KINDS))}"
            raise FaultAtError(("file",), msg)
        return self

    @property
    def kind(self) -> str:
        """The file's ending, small; empty for a page."""
        return "" if self.file is None else FilePath(self.file).suffix.lower()

    def is_over(self, today: dt.date) -> bool:
        """Whether it is given out no more."""
        return self.until is not None and today > self.until


def errors(
    assets: Mapping[str, Asset],
    contents: Mapping[str, Content],
    directory: FilePath,
    documents: Mapping[str, Document],
) -> list[ConfigError]:
    """Files that are missing or too large, and names that mean two things."""
    found = []
    seen = {one.name for one in contents.values()}
    for key, one in assets.items():
        document = documents[f"{FOLDER}/{key}"]
        found += [document.error(path, message) for path, message in _faults(one, directory)]
        if one.name in seen:
            found.append(document.error(("name",), words.twice("素材", one.name)))
        seen.add(one.name)
    return found


def _faults(one: Asset, directory: FilePath) -> Iterator[tuple[Path, str]]:
    if one.file is None:
        return
    path = directory / one.file
    if not path.is_file():
        yield ("file",), f"{directory.name} 里没有这个文件"
    elif path.stat().st_size > MOST_BYTES:
        yield ("file",), f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请压缩，或放到网盘用 url"
