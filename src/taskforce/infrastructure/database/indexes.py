"""The indexes of the tables; apart from them, since declaring these loads PostgreSQL's dialect, too."""

from functools import cache

from sqlalchemy import Index, MetaData, text

from taskforce.infrastructure.database.collection_tables import collection_items
from taskforce.infrastructure.database.delivery_tables import (
    COUNTS,
    approvals,
    deployments,
    release_aliases,
    releases,
)
from taskforce.infrastructure.database.marketplace_tables import (
    marketplace_audit,
    marketplace_entries,
    marketplace_sources,
)
from taskforce.infrastructure.database.pipeline_tables import (
    pipeline_phases,
    pipeline_runs,
    pipeline_steps,
    pipeline_tasks,
)
from taskforce.infrastructure.database.scenario_tables import scenario_snapshots
from taskforce.infrastructure.database.tables import (
    DELIVERY_OVER,
    PRUNED,
    QUEUED_UNDER_A_LIMIT,
    READY,
    RUNNING,
    SENDING,
    SENT,
    UNDELIVERED,
    api_keys,
    idempotency,
    job_inputs,
    jobs,
    members,
    metadata,
    sessions,
    webhook_deliveries,
    webhooks,
)
from taskforce.infrastructure.database.video_tables import IN_SIGHT, video_projects

ACTIVE = text("status = 'active'")
PENDING = text("status = 'pending'")
ENABLED = text("status = 'enabled'")
DUE = text("next_scan_at IS NOT NULL")
PUBLIC = text("visibility = 'public'")
LOCKED = text("lock IS NOT NULL AND status IN ('queued', 'running', 'waiting')")


@cache
def indexed_tables() -> MetaData:
    """Return the tables with their indexes, as the migrations make them."""
    # None of them holds due_at, lease_until or updated_at, also not in its condition: those change with every
    # step, which PostgreSQL then writes without a word in any index.
    Index("ix_jobs_running", jobs.c.lease_owner, sqlite_where=RUNNING, postgresql_where=RUNNING)
    Index("ix_jobs_limited", jobs.c.concurrency_key, sqlite_where=RUNNING, postgresql_where=RUNNING)
    Index(
        "ix_jobs_queued_under_a_limit",
        jobs.c.concurrency_key,
        sqlite_where=QUEUED_UNDER_A_LIMIT,
        postgresql_where=QUEUED_UNDER_A_LIMIT,
    )
    Index(
        "ix_jobs_ready",
        jobs.c.priority.desc(),
        jobs.c.created_at,
        jobs.c.id,
        sqlite_where=READY,
        postgresql_where=READY,
    )
    Index("uq_jobs_lock", jobs.c.lock, unique=True, sqlite_where=LOCKED, postgresql_where=LOCKED)
    Index("ix_jobs_project_created_at", jobs.c.project, jobs.c.created_at)
    Index("ix_jobs_subject_created_at", jobs.c.subject, jobs.c.created_at)
    Index("ix_jobs_parent", jobs.c.parent)
    Index("ix_jobs_continues", jobs.c.continues)
    Index("ix_jobs_pruned", jobs.c.pruned_at, sqlite_where=PRUNED, postgresql_where=PRUNED)
    Index("ix_job_inputs_shared", job_inputs.c.shared)
    Index("ix_sessions_project_created_at_id", sessions.c.project, sessions.c.created_at, sessions.c.id)
    Index("ix_idempotency_at", idempotency.c.at)
    runs = pipeline_runs.c
    Index("ix_pipeline_runs_repository", runs.project, runs.repository, runs.created_at, runs.id)
    Index("ix_pipeline_runs_branch", runs.project, runs.repository, runs.branch, runs.created_at, runs.id)
    Index("ix_pipeline_phases_run", pipeline_phases.c.run)
    Index("ix_pipeline_tasks_phase", pipeline_tasks.c.phase)
    Index("ix_pipeline_steps_task", pipeline_steps.c.task)
    Index("ix_members_principal", members.c.principal)
    Index("ix_api_keys_project_created_at_id", api_keys.c.project, api_keys.c.created_at, api_keys.c.id)
    Index("ix_webhooks_enabled", webhooks.c.project, sqlite_where=ENABLED, postgresql_where=ENABLED)
    of = webhook_deliveries.c
    Index("ix_webhook_deliveries_webhook_number", of.webhook, of.number)
    Index(
        "ix_webhook_deliveries_sending", of.webhook, of.owner, sqlite_where=SENDING, postgresql_where=SENDING
    )
    Index("ix_webhook_deliveries_due", of.webhook, of.due_at, sqlite_where=SENT, postgresql_where=SENT)
    Index(
        "ix_webhook_deliveries_line",
        of.webhook,
        of.subject,
        of.number,
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )
    Index(
        "ix_webhook_deliveries_over",
        of.updated_at,
        sqlite_where=DELIVERY_OVER,
        postgresql_where=DELIVERY_OVER,
    )
    _index_deliveries()
    Index("ix_scenario_snapshots_newest", scenario_snapshots.c.project, scenario_snapshots.c.committed)
    _index_marketplace()
    videos = video_projects.c
    Index(
        "ix_video_projects_newest",
        videos.project,
        videos.created_at,
        videos.id,
        sqlite_where=IN_SIGHT,
        postgresql_where=IN_SIGHT,
    )
    Index("ix_video_projects_job", videos.job)
    return metadata


def _index_deliveries() -> None:
    product = releases.c.project, releases.c.repository, releases.c.name
    Index("uq_releases_number", *product, releases.c.release_number, unique=True)
    Index("uq_releases_commit", *product, releases.c.commit_sha, unique=True)
    Index("ix_release_aliases_release", release_aliases.c.release)
    of = deployments.c
    place = of.project, of.repository, of.name, of.environment
    Index("ix_deployments_place", *place, of.created_at, of.id)
    Index("uq_deployments_active", *place, unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
    Index("ix_deployments_pending", of.project, sqlite_where=PENDING, postgresql_where=PENDING)
    pair = approvals.c.release, approvals.c.environment
    Index("ix_approvals_pair", *pair, approvals.c.approved_at)
    Index("uq_approvals_counts", *pair, unique=True, sqlite_where=COUNTS, postgresql_where=COUNTS)


def _index_marketplace() -> None:
    of = marketplace_sources.c
    Index("ix_marketplace_sources_newest", of.project, of.created_at, of.id)
    Index("ix_marketplace_sources_due", of.next_scan_at, sqlite_where=DUE, postgresql_where=DUE)
    Index("ix_marketplace_sources_public", of.created_at, sqlite_where=PUBLIC, postgresql_where=PUBLIC)
    one = marketplace_entries.c
    # Behind the order all that entries are filtered by: which ones are on a page, an index alone tells.
    beside = one.type, one.status, one.sought, one.id
    Index("ix_marketplace_entries_confidence", one.source, one.confidence.desc(), one.path, *beside)
    Index("ix_marketplace_entries_date", one.source, one.changed_at.desc(), one.path, one.confidence, *beside)
    Index("ix_marketplace_entries_type", one.source, one.type, one.path, one.confidence, *beside[1:])
    Index("ix_marketplace_entries_content", one.project, one.digest)
    row = marketplace_audit.c
    Index("ix_marketplace_audit_project", row.project, row.number)
    Index("ix_marketplace_audit_source", row.source, row.number)
    items = collection_items.c
    Index("ix_collection_items_newest", items.project, items.imported_at, items.id)
    Index("ix_collection_items_entry", items.entry)
