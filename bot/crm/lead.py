"""A lead: somebody who showed interest, and who works on them now."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class LeadStatus(enum.StrEnum):
    """Where a lead stands; stored, so never rename one."""

    #: Just in, or nurtured: nobody was asked to take it yet.
    NEW = "new"
    #: Lies in a pool and was shown to people.
    OFFERED = "offered"
    #: Has an owner who has not followed up yet.
    ASSIGNED = "assigned"
    #: Has been followed up by its owner.
    WORKING = "working"
    #: Became an opportunity.
    CONVERTED = "converted"
    #: Was given or taken back and waits in a pool.
    RECYCLED = "recycled"
    #: Worthless, with a reason.
    INVALID = "invalid"
    #: Nothing is known of him any more but that he counted.
    ERASED = "erased"


#: Of a lead that was invalid before it was erased.
ERASED_REASON = "erased"
LEAD_STATUS_LABELS: Mapping[LeadStatus, str] = {
    LeadStatus.NEW: "新线索",
    LeadStatus.OFFERED: "待领取",
    LeadStatus.ASSIGNED: "待跟进",
    LeadStatus.WORKING: "跟进中",
    LeadStatus.CONVERTED: "已转商机",
    LeadStatus.RECYCLED: "公海",
    LeadStatus.INVALID: "无效",
    LeadStatus.ERASED: "已删除",
}


#: Of somebody of whom no field of the company's own is known.
_NOTHING: Mapping[str, str | tuple[str, ...]] = {}


class Lead(NamedTuple):
    """A person or firm that showed interest; phone and e-mail only ever masked.

    A tuple, for units read hundreds.
    """

    id: str
    status: LeadStatus
    name: str
    company: str
    created_at: datetime
    title: str = ""
    phone_masked: str = ""
    email_masked: str = ""
    province: str = ""
    city: str = ""
    region: str = ""
    industry: str = ""
    source: str = ""
    campaign: str = ""
    form: str = ""
    #: The company's own fields and the utm_* ones; tags are the only value that is not one text.
    custom: Mapping[str, str | tuple[str, ...]] = _NOTHING
    score: int = 0
    tier: str = ""
    lifecycle: str = ""
    marketing_qualified_at: datetime | None = None
    sales_qualified_at: datetime | None = None
    #: What sales said of it after the hand-over; both None while nobody has.
    sales_accepted_at: datetime | None = None
    sales_rejected_at: datetime | None = None
    last_behaviour: str = ""
    last_behaviour_at: datetime | None = None
    pool_id: str | None = None
    owner_id: str | None = None
    #: Grows with each change of owner.
    epoch: int = 0
    owned_at: datetime | None = None
    previous_owner_id: str | None = None
    released_at: datetime | None = None
    waiting_since: datetime | None = None
    last_follow_up_at: datetime | None = None
    invalid_reason: str | None = None
    external_contact_id: str | None = None
    wechat_added_at: datetime | None = None
    account_id: str | None = None
    merged_into: str | None = None

    @property
    def display(self) -> str:
        """Name and company, as people say them."""
        return "·".join(part for part in (self.name or "未留姓名", self.company) if part)

    @property
    def is_erased(self) -> bool:
        """Whether nothing is known of him any more; who was invalid stays invalid in the numbers."""
        return self.status is LeadStatus.ERASED or self.invalid_reason == ERASED_REASON

    @property
    def is_sales_qualified(self) -> bool:
        """At or above the SQL line, now or before, and not sent back to marketing since."""
        return self.sales_qualified_at is not None and self.sales_rejected_at is None

    @property
    def topic(self) -> str:
        """What its cards are about."""
        return f"lead:{self.id}"
