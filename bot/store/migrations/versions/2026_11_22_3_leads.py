"""The first tables: leads and everything that happens to them.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_3"
down_revision = "2026_11_22_2"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_at", "claims", ["outcome", "at"], unique=False)
    op.create_index("ix_claims_lead", "claims", ["lead_id"], unique=False)
    op.create_index("ix_claims_user_day", "claims", ["user_id", "pool_id", "day"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_lead", "consents", ["lead_id", "at"], unique=False)
    op.create_table(
        "contact_ways",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("user_ids", Json(), nullable=False),
        sa.Column("config_id", sa.String(), nullable=True),
        sa.Column("qr_url", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("deleted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_contact_ways")),
    )
    op.create_index("ix_contact_ways_lead", "contact_ways", ["lead_id"], unique=False)
    op.create_table(
        "external_contacts",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("welcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "external_id", "user_id", name=op.f("pk_external_contacts")),
    )
    op.create_index("ix_external_contacts_lead", "external_contacts", ["lead_id"], unique=False)
    op.create_table(
        "field_changes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_changes")),
    )
    op.create_index("ix_field_changes_lead", "field_changes", ["lead_id", "at"], unique=False)
    op.create_table(
        "lead_keys",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", name=op.f("pk_lead_keys")),
    )
    op.create_index("ix_lead_keys_lead", "lead_keys", ["lead_id"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("company_key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.String(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_masked", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("industry", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("custom", Json(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("lifecycle", sa.String(), nullable=False),
        sa.Column("marketing_qualified_at", UTCDateTime(), nullable=True),
        sa.Column("sales_qualified_at", UTCDateTime(), nullable=True),
        sa.Column("sales_accepted_at", UTCDateTime(), nullable=True),
        sa.Column("sales_rejected_at", UTCDateTime(), nullable=True),
        sa.Column("last_behaviour", sa.String(), nullable=False),
        sa.Column("last_behaviour_at", UTCDateTime(), nullable=True),
        sa.Column("pool_id", sa.String(), nullable=True),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("owned_at", UTCDateTime(), nullable=True),
        sa.Column("previous_owner_id", sa.String(), nullable=True),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.Column("waiting_since", UTCDateTime(), nullable=True),
        sa.Column("last_follow_up_at", UTCDateTime(), nullable=True),
        sa.Column("invalid_reason", sa.String(), nullable=True),
        sa.Column("external_contact_id", sa.String(), nullable=True),
        sa.Column("wechat_added_at", UTCDateTime(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("converted_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    op.create_index(
        "ix_leads_account",
        "leads",
        ["account_id"],
        unique=False,
        sqlite_where=sa.text("account_id IS NOT NULL"),
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index("ix_leads_company", "leads", ["company_key"], unique=False)
    op.create_index("ix_leads_created", "leads", ["created_at"], unique=False)
    op.create_index(
        "ix_leads_merged",
        "leads",
        ["id", "merged_into"],
        unique=False,
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index("ix_leads_name", "leads", ["name"], unique=False)
    op.create_index("ix_leads_owner", "leads", ["owner_id", "status"], unique=False)
    op.create_index("ix_leads_pool", "leads", ["pool_id", "status"], unique=False)
    op.create_table(
        "lifecycle_changes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lifecycle_changes")),
    )
    op.create_index("ix_lifecycle_changes_lead", "lifecycle_changes", ["lead_id", "at"], unique=False)
    op.create_table(
        "offers",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", "epoch", "user_id", name=op.f("pk_offers")),
    )
    op.create_table(
        "score_changes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_changes")),
        sa.UniqueConstraint(
            "lead_id", "rule", "occasion", name=op.f("uq_score_changes_lead_id_rule_occasion")
        ),
    )
    op.create_index("ix_score_changes_lead", "score_changes", ["lead_id", "at"], unique=False)
    op.create_table(
        "status_changes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    op.create_index("ix_status_changes_after", "status_changes", ["after", "at"], unique=False)
    op.create_index("ix_status_changes_lead", "status_changes", ["lead_id", "at"], unique=False)
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("request_key", sa.String(), nullable=True),
        sa.Column("request_digest", sa.String(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("request_key", name=op.f("uq_submissions_request_key")),
    )
    op.create_index("ix_submissions_at", "submissions", ["kind", "at"], unique=False)
    op.create_index("ix_submissions_lead", "submissions", ["lead_id", "at"], unique=False)
    op.create_table(
        "tenures",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("to_at", UTCDateTime(), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("lead_id", "epoch", name=op.f("pk_tenures")),
    )
    op.create_index("ix_tenures_ended", "tenures", ["ended_how", "to_at"], unique=False)
    op.create_index("ix_tenures_owner", "tenures", ["owner_id", "from_at"], unique=False)


def downgrade() -> None:
    for name in (
        "claims",
        "consents",
        "contact_ways",
        "external_contacts",
        "field_changes",
        "lead_keys",
        "leads",
        "lifecycle_changes",
        "offers",
        "score_changes",
        "status_changes",
        "submissions",
        "tenures",
    ):
        op.drop_table(name)
