using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>Creates the statements that write a history. Both stores can run them.</summary>
internal static class HistorySql
{
    /// <summary>
    /// Returns the statements that insert the builds with ids in a range, and all that belongs to them. They read the ids from the table
    /// expression <c>ids (i)</c>, which the caller puts before them.
    /// </summary>
    /// <param name="shape">The history.</param>
    /// <param name="now">The time at which the newest build starts, in microseconds since 1970.</param>
    public static string[] Builds(HistoryShape shape, long now)
    {
        string history = History(shape, now);
        return
        [
            // Real revisions are in no order, so neither are these.
            history + $"""
            INSERT INTO sourcestamps (id, branch, revision, repository, project, codebase, created_at, key_hash)
            SELECT j / 2 + 1, {Branch(shape, "(j / 2 + 1)")}, {Revision("(j / 2 + 1)")}, 'https://example.org/app.git', 'app', '', submitted_at, 'key ' || (j / 2 + 1)
            FROM history WHERE j % 2 = 0
            """,
            history + """
            INSERT INTO buildsets (id, scheduler, external_idstring, reason, submitted_at, complete, complete_at, results, parent_build_id, rebuilt_build_id)
            SELECT id, 'push', CASE WHEN j % 4 = 0 THEN 'external ' || id END, 'a push to the repository', submitted_at, complete, complete_at + 2000000, results,
                CASE WHEN j % 10 = 9 THEN id - 1 END, CASE WHEN j % 100 = 50 THEN id - 5 END
            FROM history
            """,
            history + "INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) SELECT id, stamp_id FROM history",
            history + """
            INSERT INTO buildrequests (id, buildset_id, builder_id, priority, claimed_at, claimed_by, complete, complete_at, results, submitted_at, waited_for)
            SELECT id, id, builder_id, 0, started_at - 5000000, master_id, complete, complete_at + 1000000, results, submitted_at, 0 FROM history
            """,
            history + """
            INSERT INTO builds (id, number, builder_id, buildrequest_id, buildset_id, worker_id, master_id, started_at, complete, complete_at, locks_duration_s, state_string, results)
            SELECT id, number, builder_id, id, id, worker_id, master_id, started_at, complete, complete_at, 0, CASE complete WHEN 1 THEN 'finished' ELSE 'building' END, results FROM history
            """,
            history + """
            INSERT INTO build_terms (term, build_id)
            SELECT 'branch/' || branch, id FROM history
            UNION ALL SELECT 'builder/' || builder_id || '/branch/' || branch, id FROM history
            UNION ALL SELECT 'sourcestamp/' || stamp_id, id FROM history
            """,
            history + Properties("buildset_properties", "buildset_id"),
            history + Properties("build_properties", "build_id"),

            // Of an incomplete build, the last but one step runs and the last one is pending. If a build fails, its last step fails.
            history + """
            , numbers (n) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))
            , work (id, build_id, builder_id, n, started_at, complete, results, is_rare) AS (
                SELECT j * 10 + n + 1, id, builder_id, n, CASE WHEN complete = 1 OR n < 9 THEN started_at + n * 5000000 END, CASE WHEN complete = 1 OR n < 8 THEN 1 ELSE 0 END,
                    CASE WHEN n = 9 THEN results WHEN complete = 1 OR n < 8 THEN 0 END, is_rare
                FROM history, numbers)
            INSERT INTO steps (id, build_id, builder_id, number, name, started_at, complete, complete_at, state_string, results, urls, hidden)
            SELECT id, build_id, builder_id, n, CASE WHEN n = 2 THEN 'compile' WHEN n = 9 AND is_rare THEN 'sign' ELSE 'step-' || n END, started_at, complete,
                CASE complete WHEN 1 THEN started_at + 4000000 END, 'finished after 80 files', results, '[{"name":"log","url":"https://example.org/logs/1"}]', 0
            FROM work
            """,
        ];
    }

    /// <summary>Returns the statements that insert what a history has once: the source stamp of a rare branch, other masters, and waiting build requests.</summary>
    public static string[] Once(HistoryShape shape, long now) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO sourcestamps (id, branch, revision, repository, project, codebase, created_at, key_hash)
        VALUES ({shape.Stamps + 1}, 'rare', 'the revision of a rare branch', 'https://example.org/app.git', 'app', '', {now}, 'rare')
        """),
        string.Create(CultureInfo.InvariantCulture, $"INSERT INTO masters (id, name, active, last_active) VALUES (2, 'second', 1, {now}), (3, 'third', 1, {now})"),
    ];

    /// <summary>Returns the statements that insert the waiting build requests. They read their ids from <c>ids (i)</c>.</summary>
    public static string[] Waiting(long now) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"INSERT INTO buildsets (id, reason, submitted_at, complete) SELECT i, 'a push to the repository', {now}, 0 FROM ids"),
        string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO buildrequests (id, buildset_id, builder_id, priority, complete, submitted_at, waited_for)
        SELECT i, i, i % 20 + 1, 0, 0, {now}, 0 FROM ids
        """),
    ];

    public static string Revision(long stamp) => string.Create(CultureInfo.InvariantCulture, $"{stamp * 2654435761 % 4294967291}-9f3c1e5a7b2d4c6e8f01-{stamp}");

    private static string Revision(string stamp) => $"({stamp} * 2654435761 % 4294967291) || '-9f3c1e5a7b2d4c6e8f01-' || {stamp}";

    private static string Branch(HistoryShape shape, string stamp) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        CASE WHEN {stamp} = {shape.Stamps + 1} THEN 'rare' WHEN {stamp} % 5 = 0 AND {stamp} < {shape.Stamps / 20} THEN 'dead'
            WHEN {stamp} % 5 = 1 THEN 'feature-' || ({stamp} / 5 % 50) ELSE 'main' END
        """);

    private static string Properties(string table, string owner) =>
        $"""
        , names (name) AS (VALUES ('branch'), ('owner'), ('ticket'))
        INSERT INTO {table} ({owner}, name, value, source)
        SELECT id, name, '"' || CASE name WHEN 'branch' THEN branch WHEN 'owner' THEN 'person-' || (percent % 10) ELSE 'T-' || id END || '"', 'Scheduler' FROM history, names
        """;

    // j: the number of older builds. d: the number of newer ones. percent: looks random. The words for parts of a history are in HistoryShape.
    private static string History(HistoryShape shape, long now)
    {
        (long builds, long stamps) = (shape.Builds, shape.Stamps);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            , places (id, j, d, percent) AS (SELECT i, i - 1, {builds} - i, (i - 1) * 2654435761 / 128 % 100 FROM ids)
            , plan (id, j, d, percent, builder_id, number, worker_id, master_id, stamp_id, complete, started_at, is_rare) AS (
                SELECT id, j, d, percent,
                    CASE WHEN j < {HistoryShape.OfRetired} THEN 20 WHEN j % 8 < 4 THEN 1 WHEN j % 8 = 4 THEN 2 WHEN j % 8 = 5 THEN 3 ELSE 4 + (j / 8 * 2 + j % 8 - 6) % 16 END,
                    CASE WHEN j < {HistoryShape.OfRetired} THEN j + 1 WHEN j % 8 < 4 THEN j / 8 * 4 + j % 8 + 1 WHEN j % 8 < 6 THEN j / 8 + 1 ELSE (j / 8 * 2 + j % 8 - 6) / 16 + 1 END,
                    CASE WHEN j < {HistoryShape.OfRetired} THEN 50 ELSE (j / 8 * 3 + j % 8 * 5) % 49 + 1 END,
                    j / 7 % 3 + 1,
                    CASE WHEN j IN ({builds / 4}, {builds / 2}, {builds / 4 * 3}) THEN {stamps + 1} ELSE j / 2 + 1 END,
                    CASE WHEN d < {HistoryShape.Incomplete} AND j % 8 <> 5 THEN 0 ELSE 1 END,
                    {now} - CASE WHEN d < {HistoryShape.Dense} THEN d * 1000000 ELSE {HistoryShape.Dense * 1000000L} + (d - {HistoryShape.Dense}) * {shape.Gap} END + j % 1000,
                    j IN ({(builds / 4) + 3}, {(builds / 2) + 3}, {(builds / 4 * 3) + 3})
                FROM places)
            , history (id, j, percent, builder_id, number, worker_id, master_id, stamp_id, branch, submitted_at, started_at, complete, complete_at, results, is_rare) AS (
                SELECT id, j, percent, builder_id, number, worker_id, master_id, stamp_id, {Branch(shape, "stamp_id")}, started_at - 10000000, started_at, complete,
                    CASE complete WHEN 1 THEN started_at + (60 + percent) * 1000000 END,
                    CASE WHEN complete = 0 THEN NULL WHEN is_rare THEN 5 WHEN builder_id = 2 THEN 0
                        WHEN builder_id = 3 THEN CASE number WHEN {builds / 80} + 1 THEN 0 ELSE 2 END
                        WHEN percent < 85 THEN 0 WHEN percent < 95 THEN 2 WHEN percent < 97 THEN 1 WHEN percent < 98 THEN 3 WHEN percent < 99 THEN 4 ELSE 6 END,
                    is_rare
                FROM plan)

            """);
    }
}
