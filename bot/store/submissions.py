"""Every form that was sent in, sealed as it came; the sender's own key makes a repeat harmless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, func, select

from bot.store.desk import Desk
from bot.store.tables.leads import submissions
from bot.store.tx import Tx

CREATED = "created"
RE_ENQUIRY = "re_enquiry"


@dataclass(frozen=True, slots=True)
class Request:
    """The sender's Idempotency-Key and what came with it, both as digests."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One form sent in."""

    id: str
    lead_id: str
    form: str
    kind: str
    at: datetime
    request_digest: str | None

    @property
    def is_duplicate(self) -> bool:
        """Whether it was by somebody who already was a lead."""
        return self.kind == RE_ENQUIRY


_ROW = select(
    submissions.c.id,
    submissions.c.lead_id,
    submissions.c.form,
    submissions.c.kind,
    submissions.c.at,
    submissions.c.request_digest,
)
_BY_ID = _ROW.where(submissions.c.id == bindparam("of"))
_BY_KEY = _ROW.where(submissions.c.request_key == bindparam("key"))
_SINCE = select(func.count().label("n")).where(
    submissions.c.lead_id == bindparam("of"), submissions.c.at > bindparam("since")
)
_BODY = select(submissions.c.body).where(submissions.c.id == bindparam("of"))


async def find(tx: Tx, submission_id: str) -> Submission | None:
    """The submission of this id."""
    return _read(await tx.first(_BY_ID, of=submission_id))


async def of_request(tx: Tx, key: str) -> Submission | None:
    """What a request of this key led to."""
    return _read(await tx.first(_BY_KEY, key=key))


async def since(tx: Tx, lead_id: str, instant: datetime) -> int:
    """How many this lead sent after `instant`."""
    row = await tx.first(_SINCE, of=lead_id, since=instant)
    return 0 if row is None else int(row.n)


async def keep(
    desk: Desk,
    submission_id: str,
    *,
    lead_id: str,
    form: str,
    source: str,
    campaign: str,
    kind: str,
    body: Mapping[str, Any],
    request: Request | None,
    owner_id: str | None,
    team: str,
    region: str,
) -> bool:
    """Keep a submission, all that was sent sealed; False if its request key came meanwhile."""
    return await desk.tx.insert_new(
        submissions,
        {
            "id": submission_id,
            "lead_id": lead_id,
            "form": form,
            "source": source,
            "campaign": campaign,
            "kind": kind,
            "body": desk.vault.seal(orjson.dumps(body), f"submissions.body:{submission_id}"),
            "request_key": None if request is None else request.key,
            "request_digest": None if request is None else request.digest,
            "at": desk.now,
            "owner_id": owner_id,
            "team": team,
            "region": region,
        },
    )


async def body(desk: Desk, submission_id: str) -> dict[str, Any]:
    """All that was sent; KeyError if there is no such submission."""
    row = await desk.tx.first(_BODY, of=submission_id)
    if row is None:
        raise KeyError(submission_id)
    document: dict[str, Any] = orjson.loads(desk.vault.open(row.body, f"submissions.body:{submission_id}"))
    return document


def _read(row: Any) -> Submission | None:  # noqa: ANN401 - a row
    if row is None:
        return None
    return Submission(row.id, row.lead_id, row.form, row.kind, row.at, row.request_digest)
