"""Every class of the corpus, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from tests.wire.corpus import cipher, envelope, http, plain, query
from tests.wire.corpus.case import Case

CLASSES = {
    "http": http.cases,
    "query": query.cases,
    "envelope": envelope.cases,
    "cipher": cipher.cases,
    "plain": plain.cases,
}


def of(name: str) -> Iterator[Case]:
    yield from CLASSES[name]()
