"""Do tracking.yaml, pages.yaml and webhooks.yaml name what there is, and each thing once?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.crm.company import cross_check_words
from bot.crm.company.company import Company
from bot.kit.yaml import Path

Faults = Iterator[tuple[Path, str]]


def tracking(company: Company) -> Faults:
    """Sources once each; events that scoring knows."""
    yield from _once(("sources",), "来源", [one.key for one in company.tracking.sources], "key")
    for index, one in enumerate(company.tracking.events):
        yield from _known(("events", index, "event"), "行为", one.event, company.scoring.events)
    for written, name in company.tracking.utm_sources.items():
        yield from _known(("utm_sources", written), "来源", name, company.lexicon_words()["source"])


def pages(company: Company) -> Faults:
    """Addresses once each, none that is a form's own; forms that there are."""
    forms = [form.id for form in company.forms.forms]
    yield from _once(("pages",), "落地页", [one.slug for one in company.pages.pages], "slug")
    for index, one in enumerate(company.pages.pages):
        yield from _known(("pages", index, "form"), "表单", one.form, forms)
        if one.slug in forms and one.slug != one.form:
            yield ("pages", index, "slug"), f"/l/{one.slug} 已经是表单“{one.slug}”的地址，请换一个名字"


def webhooks(company: Company) -> Faults:
    """Endpoints once each."""
    yield from _once(("endpoints",), "通知地址", [one.key for one in company.webhooks.endpoints], "key")


def _once(path: Path, kind: str, names: Sequence[str], key: str) -> Faults:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (*path, index, key), cross_check_words.twice(kind, name)


def _known(path: Path, kind: str, name: str, known: Collection[str]) -> Faults:
    if name not in known:
        yield path, cross_check_words.unknown(kind, name, known)
