CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE idempotency (
	project VARCHAR(200) NOT NULL,
	principal VARCHAR(200) NOT NULL,
	use_case VARCHAR(200) NOT NULL,
	"key" VARCHAR(255) NOT NULL,
	fingerprint VARCHAR(64) NOT NULL,
	made VARCHAR(36) NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_idempotency PRIMARY KEY (project, principal, use_case, "key")
);
CREATE INDEX ix_idempotency_at ON idempotency (at);
CREATE TABLE jobs (
	number INTEGER NOT NULL,
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	kind VARCHAR(200) NOT NULL,
	status VARCHAR(20) NOT NULL,
	priority INTEGER NOT NULL,
	subject VARCHAR(200),
	lock VARCHAR(200),
	concurrency_key VARCHAR(200),
	concurrency_limit INTEGER,
	root VARCHAR(36) NOT NULL,
	parent VARCHAR(36),
	parent_key TEXT,
	continues VARCHAR(36),
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	due_at BIGINT,
	started_at BIGINT,
	ended_at BIGINT,
	epoch INTEGER NOT NULL,
	lease_owner TEXT,
	lease_until BIGINT,
	losses INTEGER NOT NULL,
	cancel_requested BOOLEAN NOT NULL,
	last_event BIGINT NOT NULL,
	progress_percent FLOAT NOT NULL,
	progress_message TEXT NOT NULL,
	result TEXT,
	failure TEXT,
	request_id TEXT NOT NULL,
	traceparent TEXT NOT NULL,
	version BIGINT NOT NULL, pruned_at BIGINT, is_ready BOOLEAN GENERATED ALWAYS AS (due_at IS NOT NULL AND lease_owner IS NULL),
	CONSTRAINT pk_jobs PRIMARY KEY (number),
	CONSTRAINT uq_jobs_id UNIQUE (id),
	CONSTRAINT fk_jobs_parent_jobs FOREIGN KEY(parent) REFERENCES jobs (id) ON DELETE CASCADE,
	CONSTRAINT fk_jobs_continues_jobs FOREIGN KEY(continues) REFERENCES jobs (id) ON DELETE SET NULL
);
CREATE INDEX ix_jobs_running ON jobs (lease_owner) WHERE status = 'running';
CREATE INDEX ix_jobs_limited ON jobs (concurrency_key) WHERE status = 'running';
CREATE UNIQUE INDEX uq_jobs_lock ON jobs (lock) WHERE lock IS NOT NULL AND status IN ('queued', 'running', 'waiting');
CREATE INDEX ix_jobs_project_created_at ON jobs (project, created_at);
CREATE INDEX ix_jobs_subject_created_at ON jobs (subject, created_at);
CREATE INDEX ix_jobs_parent ON jobs (parent);
CREATE INDEX ix_jobs_continues ON jobs (continues);
CREATE TABLE documents (
	number INTEGER NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	content TEXT NOT NULL,
	CONSTRAINT pk_documents PRIMARY KEY (number),
	CONSTRAINT uq_documents_sha256 UNIQUE (sha256)
);
CREATE TABLE job_inputs (
	job INTEGER NOT NULL,
	own TEXT NOT NULL,
	shared INTEGER,
	CONSTRAINT pk_job_inputs PRIMARY KEY (job),
	CONSTRAINT fk_job_inputs_job_jobs FOREIGN KEY(job) REFERENCES jobs (number) ON DELETE CASCADE,
	CONSTRAINT fk_job_inputs_shared_documents FOREIGN KEY(shared) REFERENCES documents (number)
);
CREATE INDEX ix_job_inputs_shared ON job_inputs (shared);
CREATE TABLE job_steps (
	job INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	status VARCHAR(20) NOT NULL,
	attempts INTEGER NOT NULL,
	output TEXT,
	overflow TEXT,
	error TEXT,
	recorded_at BIGINT NOT NULL,
	CONSTRAINT pk_job_steps PRIMARY KEY (job, "key"),
	CONSTRAINT fk_job_steps_job_jobs FOREIGN KEY(job) REFERENCES jobs (number) ON DELETE CASCADE
);
CREATE TABLE job_events (
	job INTEGER NOT NULL,
	number BIGINT NOT NULL,
	"key" TEXT NOT NULL,
	type TEXT NOT NULL,
	message TEXT NOT NULL,
	details TEXT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_job_events PRIMARY KEY (job, number),
	CONSTRAINT uq_job_events_job_key UNIQUE (job, "key"),
	CONSTRAINT fk_job_events_job_jobs FOREIGN KEY(job) REFERENCES jobs (number) ON DELETE CASCADE
);
CREATE TABLE job_waits (
	id VARCHAR(36) NOT NULL,
	job INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name TEXT NOT NULL,
	until BIGINT,
	opened_at BIGINT NOT NULL,
	signal_name TEXT,
	signal_payload TEXT,
	signal_by TEXT,
	signal_at BIGINT,
	answered_in INTEGER,
	CONSTRAINT pk_job_waits PRIMARY KEY (id),
	CONSTRAINT uq_job_waits_job_key UNIQUE (job, "key"),
	CONSTRAINT fk_job_waits_job_jobs FOREIGN KEY(job) REFERENCES jobs (number) ON DELETE CASCADE
);
CREATE TABLE artifacts (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	job INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	kind TEXT NOT NULL,
	media_type TEXT NOT NULL,
	size BIGINT NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_artifacts PRIMARY KEY (id),
	CONSTRAINT uq_artifacts_job_key UNIQUE (job, "key"),
	CONSTRAINT fk_artifacts_job_jobs FOREIGN KEY(job) REFERENCES jobs (number) ON DELETE CASCADE
);
CREATE TABLE sessions (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	profile VARCHAR(200) NOT NULL,
	workspace TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	forked_from VARCHAR(36),
	opening TEXT,
	deleted_at BIGINT,
	CONSTRAINT pk_sessions PRIMARY KEY (id)
);
CREATE INDEX ix_sessions_project_created_at_id ON sessions (project, created_at, id);
CREATE TABLE projects (
	id VARCHAR(200) NOT NULL,
	name TEXT NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_projects PRIMARY KEY (id)
);
CREATE TABLE members (
	project VARCHAR(200) NOT NULL,
	principal VARCHAR(200) NOT NULL,
	role VARCHAR(20),
	added_by VARCHAR(200) NOT NULL,
	added_at BIGINT NOT NULL,
	CONSTRAINT pk_members PRIMARY KEY (project, principal),
	CONSTRAINT fk_members_project_projects FOREIGN KEY(project) REFERENCES projects (id) ON DELETE CASCADE
);
CREATE INDEX ix_members_principal ON members (principal);
CREATE TABLE api_keys (
	id VARCHAR(8) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	project VARCHAR(200) NOT NULL,
	role VARCHAR(20) NOT NULL,
	name TEXT NOT NULL,
	created_by VARCHAR(200) NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT,
	last_used_at BIGINT,
	revoked_at BIGINT,
	CONSTRAINT pk_api_keys PRIMARY KEY (id),
	CONSTRAINT fk_api_keys_project_projects FOREIGN KEY(project) REFERENCES projects (id) ON DELETE CASCADE
);
CREATE INDEX ix_api_keys_project_created_at_id ON api_keys (project, created_at, id);
CREATE INDEX ix_jobs_queued_under_a_limit ON jobs (concurrency_key) WHERE status = 'queued' AND concurrency_key IS NOT NULL;
CREATE INDEX ix_jobs_pruned ON jobs (pruned_at) WHERE pruned_at IS NOT NULL;
CREATE TABLE webhooks (
	number INTEGER NOT NULL,
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	url TEXT NOT NULL,
	event_types TEXT NOT NULL,
	format VARCHAR(20) NOT NULL,
	description TEXT NOT NULL,
	concurrency INTEGER NOT NULL,
	secret TEXT NOT NULL,
	former_secret TEXT,
	former_until BIGINT,
	status VARCHAR(20) NOT NULL,
	disabled_because TEXT,
	failures INTEGER NOT NULL,
	failing_since BIGINT,
	paused_until BIGINT,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	CONSTRAINT pk_webhooks PRIMARY KEY (number),
	CONSTRAINT uq_webhooks_id UNIQUE (id)
);
CREATE TABLE outbox (
	number INTEGER NOT NULL,
	event_id VARCHAR(200) NOT NULL,
	project VARCHAR(200) NOT NULL,
	type TEXT NOT NULL,
	name TEXT NOT NULL,
	subject VARCHAR(200) NOT NULL,
	sequence BIGINT NOT NULL,
	at BIGINT NOT NULL,
	message TEXT NOT NULL,
	details TEXT,
	request_id TEXT NOT NULL,
	traceparent TEXT NOT NULL,
	CONSTRAINT pk_outbox PRIMARY KEY (number),
	CONSTRAINT uq_outbox_event_id UNIQUE (event_id)
);
CREATE TABLE webhook_deliveries (
	number INTEGER NOT NULL,
	id VARCHAR(36) NOT NULL,
	webhook INTEGER NOT NULL,
	event_id VARCHAR(200) NOT NULL,
	project VARCHAR(200) NOT NULL,
	type TEXT NOT NULL,
	name TEXT NOT NULL,
	subject VARCHAR(200) NOT NULL,
	sequence BIGINT NOT NULL,
	at BIGINT NOT NULL,
	message TEXT NOT NULL,
	details TEXT,
	request_id TEXT NOT NULL,
	traceparent TEXT NOT NULL,
	status VARCHAR(20) NOT NULL,
	due_at BIGINT NOT NULL,
	tries INTEGER NOT NULL,
	attempts TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	owner TEXT,
	epoch INTEGER NOT NULL,
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (number),
	CONSTRAINT uq_webhook_deliveries_id UNIQUE (id),
	CONSTRAINT fk_webhook_deliveries_webhook_webhooks FOREIGN KEY(webhook) REFERENCES webhooks (number) ON DELETE CASCADE
);
CREATE INDEX ix_webhooks_enabled ON webhooks (project) WHERE status = 'enabled';
CREATE INDEX ix_webhook_deliveries_webhook_number ON webhook_deliveries (webhook, number);
CREATE INDEX ix_webhook_deliveries_sending ON webhook_deliveries (webhook, owner) WHERE status = 'sending';
CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (webhook, due_at) WHERE status IN ('pending', 'sending');
CREATE INDEX ix_webhook_deliveries_line ON webhook_deliveries (webhook, subject, number) WHERE status IN ('waiting', 'pending', 'sending');
CREATE INDEX ix_webhook_deliveries_over ON webhook_deliveries (updated_at) WHERE status IN ('delivered', 'given_up');
CREATE TABLE pipeline_runs (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	repository TEXT NOT NULL,
	branch TEXT NOT NULL,
	commit_sha TEXT NOT NULL,
	trigger_type VARCHAR(20) NOT NULL,
	triggered_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_pipeline_runs PRIMARY KEY (id),
	CONSTRAINT fk_pipeline_runs_id_jobs FOREIGN KEY(id) REFERENCES jobs (id) ON DELETE CASCADE
);
CREATE INDEX ix_pipeline_runs_repository ON pipeline_runs (project, repository, created_at, id);
CREATE INDEX ix_pipeline_runs_branch ON pipeline_runs (project, repository, branch, created_at, id);
CREATE TABLE pipeline_phases (
	id VARCHAR(36) NOT NULL,
	run VARCHAR(36) NOT NULL,
	position INTEGER NOT NULL,
	name TEXT NOT NULL,
	group_number INTEGER NOT NULL,
	required BOOLEAN NOT NULL,
	status VARCHAR(20) NOT NULL,
	started_at BIGINT,
	completed_at BIGINT,
	CONSTRAINT pk_pipeline_phases PRIMARY KEY (id),
	CONSTRAINT fk_pipeline_phases_run_pipeline_runs FOREIGN KEY(run) REFERENCES pipeline_runs (id) ON DELETE CASCADE
);
CREATE INDEX ix_pipeline_phases_run ON pipeline_phases (run);
CREATE TABLE pipeline_tasks (
	id VARCHAR(36) NOT NULL,
	phase VARCHAR(36) NOT NULL,
	position INTEGER NOT NULL,
	project_name TEXT NOT NULL,
	error TEXT NOT NULL,
	status VARCHAR(20) NOT NULL,
	started_at BIGINT,
	completed_at BIGINT,
	CONSTRAINT pk_pipeline_tasks PRIMARY KEY (id),
	CONSTRAINT fk_pipeline_tasks_phase_pipeline_phases FOREIGN KEY(phase) REFERENCES pipeline_phases (id) ON DELETE CASCADE
);
CREATE INDEX ix_pipeline_tasks_phase ON pipeline_tasks (phase);
CREATE TABLE pipeline_steps (
	id VARCHAR(36) NOT NULL,
	task VARCHAR(36) NOT NULL,
	position INTEGER NOT NULL,
	name TEXT NOT NULL,
	action TEXT NOT NULL,
	exit_code INTEGER,
	error TEXT NOT NULL,
	logs_key TEXT,
	status VARCHAR(20) NOT NULL,
	started_at BIGINT,
	completed_at BIGINT,
	CONSTRAINT pk_pipeline_steps PRIMARY KEY (id),
	CONSTRAINT fk_pipeline_steps_task_pipeline_tasks FOREIGN KEY(task) REFERENCES pipeline_tasks (id) ON DELETE CASCADE
);
CREATE INDEX ix_pipeline_steps_task ON pipeline_steps (task);
CREATE TABLE releases (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	repository TEXT NOT NULL,
	name TEXT NOT NULL,
	commit_sha TEXT NOT NULL,
	release_number INTEGER NOT NULL,
	oci_uri TEXT NOT NULL,
	oci_digest TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	artifacts TEXT NOT NULL,
	trigger_type VARCHAR(20) NOT NULL,
	branch TEXT NOT NULL,
	triggered_by TEXT NOT NULL,
	run VARCHAR(36),
	CONSTRAINT pk_releases PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_releases_number ON releases (project, repository, name, release_number);
CREATE UNIQUE INDEX uq_releases_commit ON releases (project, repository, name, commit_sha);
CREATE TABLE release_aliases (
	project VARCHAR(200) NOT NULL,
	repository TEXT NOT NULL,
	name TEXT NOT NULL,
	alias TEXT NOT NULL,
	alias_type VARCHAR(20) NOT NULL,
	release VARCHAR(36) NOT NULL,
	CONSTRAINT pk_release_aliases PRIMARY KEY (project, repository, name, alias, alias_type),
	CONSTRAINT fk_release_aliases_release_releases FOREIGN KEY(release) REFERENCES releases (id) ON DELETE CASCADE
);
CREATE INDEX ix_release_aliases_release ON release_aliases (release);
CREATE TABLE deployments (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	repository TEXT NOT NULL,
	name TEXT NOT NULL,
	environment VARCHAR(20) NOT NULL,
	release VARCHAR(36) NOT NULL,
	status VARCHAR(20) NOT NULL,
	created_at BIGINT NOT NULL,
	deployed_by TEXT NOT NULL,
	approval VARCHAR(36),
	gitops_commit_sha TEXT,
	deployed_at BIGINT,
	reason TEXT NOT NULL,
	CONSTRAINT pk_deployments PRIMARY KEY (id),
	CONSTRAINT fk_deployments_release_releases FOREIGN KEY(release) REFERENCES releases (id) ON DELETE CASCADE
);
CREATE INDEX ix_deployments_place ON deployments (project, repository, name, environment, created_at, id);
CREATE UNIQUE INDEX uq_deployments_active ON deployments (project, repository, name, environment) WHERE status = 'active';
CREATE INDEX ix_deployments_pending ON deployments (project) WHERE status = 'pending';
CREATE TABLE approvals (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	release VARCHAR(36) NOT NULL,
	environment VARCHAR(20) NOT NULL,
	approver TEXT NOT NULL,
	justification TEXT NOT NULL,
	approved_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT,
	revoked_by TEXT,
	counts BOOLEAN NOT NULL,
	CONSTRAINT pk_approvals PRIMARY KEY (id),
	CONSTRAINT fk_approvals_release_releases FOREIGN KEY(release) REFERENCES releases (id) ON DELETE CASCADE
);
CREATE INDEX ix_approvals_pair ON approvals (release, environment, approved_at);
CREATE UNIQUE INDEX uq_approvals_counts ON approvals (release, environment) WHERE counts;
CREATE TABLE scenario_snapshots (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	checksum VARCHAR(64) NOT NULL,
	created_at BIGINT NOT NULL,
	rows TEXT NOT NULL,
	"key" TEXT NOT NULL,
	size BIGINT NOT NULL,
	committed BIGINT NOT NULL,
	CONSTRAINT pk_scenario_snapshots PRIMARY KEY (id),
	CONSTRAINT uq_scenario_snapshots_checksum UNIQUE (project, checksum)
);
CREATE INDEX ix_scenario_snapshots_newest ON scenario_snapshots (project, committed);
CREATE TABLE marketplace_sources (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	repo_url TEXT NOT NULL,
	repository TEXT NOT NULL,
	branch TEXT NOT NULL,
	root_hint TEXT NOT NULL,
	manual_map TEXT NOT NULL,
	trust_level VARCHAR(20) NOT NULL,
	visibility VARCHAR(20) NOT NULL,
	rhythm TEXT,
	created_by VARCHAR(200) NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	status VARCHAR(20) NOT NULL,
	commit_sha TEXT NOT NULL,
	scanned_as TEXT NOT NULL,
	last_sync BIGINT,
	last_error TEXT NOT NULL,
	counts TEXT NOT NULL,
	scan VARCHAR(36),
	asked_at BIGINT,
	next_scan_at BIGINT,
	version INTEGER NOT NULL,
	CONSTRAINT pk_marketplace_sources PRIMARY KEY (id),
	CONSTRAINT uq_marketplace_sources_repository UNIQUE (project, repository, branch)
);
CREATE INDEX ix_marketplace_sources_newest ON marketplace_sources (project, created_at, id);
CREATE INDEX ix_marketplace_sources_due ON marketplace_sources (next_scan_at) WHERE next_scan_at IS NOT NULL;
CREATE INDEX ix_marketplace_sources_public ON marketplace_sources (created_at) WHERE visibility = 'public';
CREATE TABLE marketplace_entries (
	id VARCHAR(36) NOT NULL,
	source VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	path TEXT NOT NULL,
	name TEXT NOT NULL,
	sought TEXT NOT NULL,
	type VARCHAR(20) NOT NULL,
	confidence INTEGER NOT NULL,
	status VARCHAR(20) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	commit_sha TEXT NOT NULL,
	files INTEGER NOT NULL,
	size BIGINT NOT NULL,
	is_single_file BOOLEAN NOT NULL,
	breakdown TEXT NOT NULL,
	members TEXT NOT NULL,
	first_seen BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	imported_at BIGINT,
	duplicate_of VARCHAR(36),
	CONSTRAINT pk_marketplace_entries PRIMARY KEY (id),
	CONSTRAINT fk_marketplace_entries_source_marketplace_sources FOREIGN KEY(source) REFERENCES marketplace_sources (id) ON DELETE CASCADE
);
CREATE INDEX ix_marketplace_entries_confidence ON marketplace_entries (source, confidence DESC, path, type, status, sought, id);
CREATE INDEX ix_marketplace_entries_date ON marketplace_entries (source, changed_at DESC, path, confidence, type, status, sought, id);
CREATE INDEX ix_marketplace_entries_type ON marketplace_entries (source, type, path, confidence, status, sought, id);
CREATE INDEX ix_marketplace_entries_content ON marketplace_entries (project, digest);
CREATE TABLE marketplace_audit (
	number INTEGER NOT NULL,
	project VARCHAR(200) NOT NULL,
	at BIGINT NOT NULL,
	"by" VARCHAR(200) NOT NULL,
	action VARCHAR(20) NOT NULL,
	source VARCHAR(36) NOT NULL,
	subject VARCHAR(36) NOT NULL,
	outcome VARCHAR(20) NOT NULL,
	details TEXT NOT NULL,
	CONSTRAINT pk_marketplace_audit PRIMARY KEY (number)
);
CREATE INDEX ix_marketplace_audit_project ON marketplace_audit (project, number);
CREATE INDEX ix_marketplace_audit_source ON marketplace_audit (source, number);
CREATE TABLE collection_items (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	name TEXT NOT NULL,
	folded_name TEXT NOT NULL,
	type VARCHAR(20) NOT NULL,
	source VARCHAR(36) NOT NULL,
	entry VARCHAR(36) NOT NULL,
	repo_url TEXT NOT NULL,
	commit_sha VARCHAR(40) NOT NULL,
	path TEXT NOT NULL,
	digest VARCHAR(64) NOT NULL,
	trust_level VARCHAR(20) NOT NULL,
	folder TEXT NOT NULL,
	files INTEGER NOT NULL,
	size BIGINT NOT NULL,
	imported_by TEXT NOT NULL,
	imported_at BIGINT NOT NULL,
	CONSTRAINT pk_collection_items PRIMARY KEY (id),
	CONSTRAINT uq_collection_items_name UNIQUE (project, type, folded_name)
);
CREATE INDEX ix_collection_items_newest ON collection_items (project, imported_at, id);
CREATE INDEX ix_collection_items_entry ON collection_items (entry);
CREATE TABLE collection_files (
	item VARCHAR(36) NOT NULL,
	path TEXT NOT NULL,
	blob_sha VARCHAR(40) NOT NULL,
	size BIGINT NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	CONSTRAINT pk_collection_files PRIMARY KEY (item, path),
	CONSTRAINT fk_collection_files_item_collection_items FOREIGN KEY(item) REFERENCES collection_items (id) ON DELETE CASCADE
);
CREATE TABLE collection_allowances (
	project VARCHAR(200) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	allowed_by TEXT NOT NULL,
	allowed_at BIGINT NOT NULL,
	CONSTRAINT pk_collection_allowances PRIMARY KEY (project, digest)
);
CREATE TABLE collection_folders (
	folder TEXT NOT NULL,
	since BIGINT NOT NULL,
	is_left BOOLEAN NOT NULL,
	CONSTRAINT pk_collection_folders PRIMARY KEY (folder)
);
CREATE TABLE video_projects (
	id VARCHAR(36) NOT NULL,
	project VARCHAR(200) NOT NULL,
	job VARCHAR(36) NOT NULL,
	title TEXT NOT NULL,
	wish TEXT NOT NULL,
	forked_from VARCHAR(36),
	stage VARCHAR(20),
	storyboard TEXT NOT NULL,
	film TEXT,
	estimate FLOAT NOT NULL,
	spent TEXT NOT NULL,
	cost FLOAT NOT NULL,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	deleted_at BIGINT,
	CONSTRAINT pk_video_projects PRIMARY KEY (id),
	CONSTRAINT fk_video_projects_job_jobs FOREIGN KEY(job) REFERENCES jobs (id) ON DELETE CASCADE
);
CREATE INDEX ix_video_projects_newest ON video_projects (project, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_video_projects_job ON video_projects (job);
CREATE INDEX ix_jobs_ready ON jobs (priority DESC, created_at, id) WHERE is_ready;
INSERT INTO alembic_version VALUES ('0015');
INSERT INTO projects VALUES ('default', 'default', 'local', CAST(strftime('%s', 'now') AS INTEGER) * 1000000);
