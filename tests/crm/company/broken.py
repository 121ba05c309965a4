"""Break the shipped configuration in one place and say where it must hurt.

In the text that is put in, `§` stands where the error must point; it is taken out again.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from bot.crm.company.load import ConfigErrors, load

CONFIG = Path(__file__).parents[3] / "config"


@dataclass(frozen=True)
class Break:
    file: str
    find: str
    put: str
    message: str

    @property
    def name(self) -> str:
        return f"{self.file}: {self.message}"[:60]


def whole(file: str, text: str, message: str) -> Break:
    return Break(file, "", text, message)


def copy_of_config(directory: Path, *, folders: bool = False) -> Path:
    """Of the single files; with the folders of journeys and contents if they are what is looked at."""
    ignored = None if folders else lambda _, names: [n for n in names if "." not in n]
    shutil.copytree(CONFIG, directory, ignore=ignored)
    return directory


def broken(directory: Path, case: Break) -> tuple[list[str], str]:
    """The errors of the broken copy as printed, and the one line that is wanted among them."""
    path = copy_of_config(directory, folders="/" in case.file) / f"{case.file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert case.find in text, f"{case.file}.yaml no longer contains {case.find!r}"
    text = text.replace(case.find, case.put, 1) if case.find else case.put
    before = text[: text.index("§")]
    path.write_text(text.replace("§", ""), encoding="utf-8")
    wanted = f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: {case.message}"
    try:
        load(directory)
    except ConfigErrors as exc:
        return [str(error) for error in exc.errors], wanted
    return [], wanted
