"""Read the whole of `config/`: a company, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.crm.company import assets, connectors, contact_ways, content, cross_check, journey_check
from bot.crm.company.assets import Asset
from bot.crm.company.calendar import CompanyCalendar
from bot.crm.company.catalogue import Catalogue
from bot.crm.company.channels import Channels
from bot.crm.company.company import Company
from bot.crm.company.connectors import ConnectorMap
from bot.crm.company.contact_ways import ContactWays
from bot.crm.company.content import Content
from bot.crm.company.digests import Digests
from bot.crm.company.fields import Fields
from bot.crm.company.forms import Forms
from bot.crm.company.journeys import Journey
from bot.crm.company.lists import Reasons, Scripts
from bot.crm.company.org import Org
from bot.crm.company.pages import Pages
from bot.crm.company.pipeline import Pipeline
from bot.crm.company.pools import Pools
from bot.crm.company.response import Response
from bot.crm.company.routing import Routing
from bot.crm.company.scoring import Scoring
from bot.crm.company.segments import Segments
from bot.crm.company.tags import Tags
from bot.crm.company.targets import Targets
from bot.crm.company.touch import Touch
from bot.crm.company.tracking import Tracking
from bot.crm.company.webhooks import Webhooks
from bot.errors import BotError
from bot.kit.yaml import ConfigError, Document, YamlError, parse
from bot.kit.yaml_model import Strict, similar, validate
from bot.kit.yaml_texts import NOT_UTF8, WRONG_ENDING, did_you_mean

#: One model for each file; the names are those of `Company`.
MODELS: Mapping[str, type[Strict]] = {
    "org": Org,
    "fields": Fields,
    "forms": Forms,
    "scoring": Scoring,
    "segments": Segments,
    "tags": Tags,
    "pools": Pools,
    "routing": Routing,
    "response": Response,
    "reasons": Reasons,
    "scripts": Scripts,
    "pipeline": Pipeline,
    "catalogue": Catalogue,
    "calendar": CompanyCalendar,
    "channels": Channels,
    "contact_ways": ContactWays,
    "digests": Digests,
    "targets": Targets,
    "touch": Touch,
    "tracking": Tracking,
    "pages": Pages,
    "webhooks": Webhooks,
}

#: One model for each folder; a file there is a thing of its own, by its name.
FOLDERS: Mapping[str, type[Strict]] = {
    "assets": Asset,
    "connectors": ConnectorMap,
    "content": Content,
    "journeys": Journey,
}


class ConfigErrors(BotError):  # noqa: N818 - the plural says that it carries all of them
    """The configuration does not hold together; every problem at once, in the order of files."""

    def __init__(self, errors: list[ConfigError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


def load(directory: Path) -> Company:
    """Read every file of the directory; raises ConfigErrors with all that is wrong.

    References between files are only checked once each file is sound in itself, so that one
    mistake is not reported as twenty.
    """
    if not directory.is_dir():
        raise ConfigErrors(
            [ConfigError(str(directory), 1, 1, "没有这个配置目录：请在项目目录里运行，或指明它在哪里")]
        )
    errors = _strangers(directory)
    documents: dict[str, Document] = {}
    values: dict[str, Any] = {}
    for name, model in MODELS.items():
        try:
            documents[name] = _read(directory / f"{name}.yaml")
        except YamlError as exc:
            errors += exc.errors
            continue
        value, found = validate(model, documents[name])
        errors += found
        values[name] = value
    for folder, model in FOLDERS.items():
        values[folder], found = _folder(directory / folder, model, documents)
        errors += found
    if errors:
        raise ConfigErrors(sorted(errors))
    company = Company(**values, assets_at=directory / assets.FOLDER)
    errors = cross_check.errors(company, documents)
    for name, one in company.connectors.items():
        wrong = connectors.faults(company, one)
        errors += [documents[f"connectors/{name}"].error(path, message) for path, message in wrong]
    at = documents["contact_ways"]
    errors += [at.error(path, message) for path, message in contact_ways.faults(company)]
    errors += content.errors(company, documents)
    errors += assets.errors(company.assets, company.content, company.assets_at, documents)
    errors += journey_check.errors(company, documents)
    if errors:
        raise ConfigErrors(sorted(errors))
    return company


def _folder(
    directory: Path, model: type[Strict], documents: dict[str, Document]
) -> tuple[dict[str, Any], list[ConfigError]]:
    """Every file of a folder by its name; a folder that is not there has none."""
    values: dict[str, Any] = {}
    errors = [ConfigError(str(path), 1, 1, WRONG_ENDING) for path in sorted(directory.glob("*.yml"))]
    for path in sorted(directory.glob("*.yaml")):
        try:
            document = _read(path)
        except YamlError as exc:
            errors += exc.errors
            continue
        documents[f"{directory.name}/{path.stem}"] = document
        value, found = validate(model, document)
        errors += found
        values[path.stem] = value
    return values, errors


def _read(path: Path) -> Document:
    file = str(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise YamlError([ConfigError(file, 1, 1, "缺少这个文件")]) from None
    except OSError as exc:
        raise YamlError([ConfigError(file, 1, 1, f"读不了这个文件：{exc.strerror}")]) from exc
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        before = raw[: exc.start]
        line, column = before.count(b"\n") + 1, exc.start - before.rfind(b"\n")
        raise YamlError([ConfigError(file, line, column, NOT_UTF8)]) from exc
    return parse(text, file=file)


def _strangers(directory: Path) -> list[ConfigError]:
    """Files that look like configuration and would be passed over in silence."""
    found = []
    for path in sorted((*directory.glob("*.yaml"), *directory.glob("*.yml"))):
        if path.suffix == ".yml" or path.stem not in MODELS:
            meant = similar(path.stem, MODELS)
            hint = did_you_mean(f"{meant}.yaml" if meant else None)
            found.append(ConfigError(str(path), 1, 1, f"不认识这个配置文件{hint}"))
    return found
