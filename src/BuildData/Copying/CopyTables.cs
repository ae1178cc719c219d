namespace BuildData.Copying;

/// <summary>
/// Lists the tables of a store. A test compares the lists with the tables and columns of each store, so that a copy can't forget a new
/// column.
/// </summary>
internal static class CopyTables
{
    /// <summary>The tables that a copy copies. Each table follows the tables to which its foreign keys refer.</summary>
    public static readonly IReadOnlyList<CopyTable> All =
    [
        new("masters")
        {
            Key = ["id"],
            Numbers = ["id", "active", "last_active"],
            Texts = ["name"],
            SharedStoreNumbers = ["epoch"],
        },
        new("builders")
        {
            Key = ["id"],
            Numbers = ["id", "project_id"],
            Texts = ["name", "description", "description_format", "description_html"],
        },
        new("builder_tags") { Key = ["builder_id", "position"], Numbers = ["builder_id", "position"], Texts = ["tag"] },
        new("builder_masters") { Key = ["builder_id", "master_id"], Numbers = ["builder_id", "master_id"] },
        new("removed_builders") { Key = ["highest_id"], Numbers = ["highest_id"], HasOneRow = true },
        new("workers")
        {
            Key = ["id"],
            Numbers = ["id", "paused", "graceful", "last_seen"],
            Texts = ["name", "pause_reason", "worker_info", "version", "title"],
        },
        new("worker_connections") { Key = ["worker_id", "master_id"], Numbers = ["worker_id", "master_id"] },
        new("configured_workers") { Key = ["worker_id", "builder_id", "master_id"], Numbers = ["worker_id", "builder_id", "master_id"] },
        new("patches") { Key = ["id"], Numbers = ["id", "level"], Texts = ["subdir", "author", "comment", "body"] },
        new("sourcestamps")
        {
            Key = ["id"],
            Numbers = ["id", "created_at", "patch_id"],
            Texts = ["branch", "revision", "repository", "project", "codebase", "key_hash"],
        },
        new("buildsets")
        {
            Key = ["id"],
            Numbers = ["id", "submitted_at", "complete", "complete_at", "results", "parent_build_id", "rebuilt_build_id"],
            Texts = ["scheduler", "external_idstring", "reason", "parent_relationship", "unique_key"],
            LateColumns = ["parent_build_id", "rebuilt_build_id"],
        },
        new("buildset_sourcestamps") { Key = ["buildset_id", "sourcestamp_id"], Numbers = ["buildset_id", "sourcestamp_id"] },
        new("buildset_properties") { Key = ["buildset_id", "name"], Numbers = ["buildset_id"], Texts = ["name", "value", "source"] },
        new("buildrequests")
        {
            Key = ["id"],
            Numbers =
            [
                "id", "buildset_id", "builder_id", "priority", "claimed_at", "claimed_by", "complete", "complete_at", "results", "submitted_at",
                "waited_for", "replaced_by", "cancel_requested_at",
            ],
            Texts = ["collapse_key", "cancel_reason"],
        },
        new("builds")
        {
            Key = ["id"],
            Numbers =
            [
                "id", "number", "builder_id", "buildrequest_id", "worker_id", "master_id", "started_at", "complete", "complete_at",
                "locks_duration_s", "results", "cancel_requested_at", "buildset_id",
            ],
            Texts = ["state_string", "cancel_reason"],
        },
        new("build_properties") { Key = ["build_id", "name"], Numbers = ["build_id"], Texts = ["name", "value", "source"] },
        new("build_terms") { Key = ["term", "build_id"], Numbers = ["build_id"], Texts = ["term"] },
        new("steps")
        {
            Key = ["id"],
            Numbers =
            [
                "id", "build_id", "builder_id", "number", "started_at", "started_at_given", "locks_acquired_at", "complete", "complete_at",
                "results", "hidden",
            ],
            Texts = ["name", "state_string", "urls", "title"],
        },
        new("logs")
        {
            Key = ["id"],
            Numbers =
            [
                "id", "step_id", "build_id", "builder_id", "complete", "complete_at", "num_lines", "num_bytes", "num_replaced", "stored_bytes",
                "merged_lines",
            ],
            Texts = ["name", "slug", "type"],
        },
        new("log_chunks")
        {
            Key = ["log_id", "first_line"],
            Numbers = ["log_id", "first_line", "last_line", "num_bytes", "encoding"],
            Bytes = ["content"],
        },
        new("removed_logs") { Key = ["log_id"], Numbers = ["log_id"] },
        new("events")
        {
            Key = ["sequence"],
            Numbers = ["sequence", "at", "resource_id"],
            Texts = ["kind", "name", "resource", "properties"],
        },
        new("history_removal") { Key = ["at"], Numbers = ["master_id", "at"], HasOneRow = true },
    ];

    /// <summary>
    /// The tables that a copy does not copy. <c>event_log</c>: <see cref="Stores.CopyConnection.SetNumbers"/> sets it, because it means
    /// different things in different stores. <c>file_state</c>: belongs to one SQLite file.
    /// <c>sqlite_sequence</c>: SQLite fills it. The others belong to one copy.
    /// </summary>
    public static readonly IReadOnlyList<string> NotCopied = ["event_log", "file_state", "sqlite_sequence", "store_copy", "copied_tables"];
}
