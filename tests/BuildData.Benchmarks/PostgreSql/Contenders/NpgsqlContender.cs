using System.Text.Json;
using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// Hand-written Npgsql: each update is one round trip and one transaction, with its event in the same statement. A batch without
/// BEGIN is a transaction of its own, and so is a single statement.
/// </summary>
internal class NpgsqlContender(NpgsqlDataSource dataSource, KnownRows rows) : IContender
{
    public async Task<StepKey> NewStep(long buildId, string name)
    {
        // The second statement sees what those who had the build locked before have written.
        long? id = await Run(
            new("SELECT id FROM builds WHERE id = $1 FOR NO KEY UPDATE") { Parameters = { Value(buildId) } },
            new(
                """
                WITH step AS (
                    INSERT INTO steps (build_id, builder_id, number, name, complete, state_string, hidden)
                    SELECT id, builder_id, coalesce((SELECT max(number) + 1 FROM steps WHERE build_id = $1), 0), $2, 0, 'pending', 0
                    FROM builds WHERE id = $1
                    RETURNING *),
                event AS (
                    INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $3, 'step', 'new', id, to_json(step)::text FROM step)
                SELECT id FROM step
                """)
            { Parameters = { Value(buildId), Value(name), Value(Outbox.Now) } });
        return new StepKey(buildId, id ?? throw NotFound());
    }

    public Task StartStep(StepKey step) => RunOne(
        """
        WITH step AS (UPDATE steps SET started_at = $2 WHERE id = $1 RETURNING *)
        INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $2, 'step', 'started', id, to_json(step)::text FROM step
        """,
        step.StepId, Outbox.Now);

    public virtual Task SetStepStateString(StepKey step, string stateString) => RunOne(
        """
        WITH step AS (UPDATE steps SET state_string = $2 WHERE id = $1 RETURNING *)
        INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $3, 'step', 'updated', id, to_json(step)::text FROM step
        """,
        step.StepId, stateString, Outbox.Now);

    public Task AddStepUrl(StepKey step, string name, string url) => RunOne(
        """
        WITH step AS (
            UPDATE steps SET urls = (coalesce(urls::jsonb, '[]') || $2::jsonb)::text
            WHERE id = $1 AND NOT coalesce(urls::jsonb, '[]') @> $2::jsonb
            RETURNING *)
        INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $3, 'step', 'updated', id, to_json(step)::text FROM step
        """,
        step.StepId, JsonSerializer.Serialize(new[] { new { name, url } }), Outbox.Now);

    public Task FinishStep(StepKey step, BuildResult results) => RunOne(
        """
        WITH step AS (UPDATE steps SET complete = 1, complete_at = $2, results = $3, hidden = 0 WHERE id = $1 RETURNING *)
        INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $2, 'step', 'finished', id, to_json(step)::text FROM step
        """,
        step.StepId, Outbox.Now, (long)results);

    public async Task<long> AddBuildset(long builderId, string owner)
    {
        string hash = SharedSourceStamp.Hash();
        SourceStampKey key = SharedSourceStamp.Key;
        long now = Outbox.Now;
        long? id = await Run(
            new(
                """
                INSERT INTO sourcestamps (branch, revision, repository, project, codebase, created_at, key_hash)
                SELECT $1, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT 1 FROM sourcestamps WHERE key_hash = $7)
                ON CONFLICT (key_hash) DO NOTHING
                """)
            {
                Parameters =
                {
                    Value(key.Branch!), Value(key.Revision!), Value(key.Repository), Value(key.Project), Value(key.Codebase), Value(now), Value(hash),
                },
            },
            new(
                """
                WITH buildset AS (
                    INSERT INTO buildsets (scheduler, reason, submitted_at, complete) VALUES ('nightly', 'race', $1, 0) RETURNING *),
                property AS (
                    INSERT INTO buildset_properties (buildset_id, name, value, source) SELECT id, 'owner', $2, 'Scheduler' FROM buildset),
                stamp AS (
                    INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id)
                    SELECT buildset.id, sourcestamps.id FROM buildset, sourcestamps WHERE key_hash = $3),
                request AS (
                    INSERT INTO buildrequests (buildset_id, builder_id, priority, complete, submitted_at, waited_for)
                    SELECT id, $4, 0, 0, $1, 0 FROM buildset
                    RETURNING *),
                events AS (
                    INSERT INTO outbox (at, kind, name, resource_id, resource)
                    SELECT $1, 'buildrequest', 'new', id, to_json(request)::text FROM request
                    UNION ALL
                    SELECT $1, 'buildset', 'new', id, to_json(buildset)::text FROM buildset)
                SELECT id FROM request
                """)
            { Parameters = { Value(now), Value(JsonSerializer.Serialize(owner)), Value(hash), Value(builderId) } });
        return id ?? throw NotFound();
    }

    public async Task<bool> ClaimBuildRequest(long requestId) => await Execute(
        """
        WITH request AS (
            UPDATE buildrequests SET claimed_at = $2, claimed_by = $3 WHERE id = $1 AND claimed_by IS NULL AND complete = 0 RETURNING *)
        INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $2, 'buildrequest', 'claimed', id, to_json(request)::text FROM request
        """,
        requestId, Outbox.Now, rows.MasterId) == 1;

    public async Task<long> AddBuild(long builderId, long requestId)
    {
        long? id = await Run(
            new("SELECT id FROM builders WHERE id = $1 FOR NO KEY UPDATE") { Parameters = { Value(builderId) } },
            new(
                """
                WITH build AS (
                    INSERT INTO builds (number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
                    SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, 0, 0, 'created' FROM builds WHERE builder_id = $1
                    RETURNING *),
                event AS (
                    INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $5, 'build', 'new', id, to_json(build)::text FROM build)
                SELECT id FROM build
                """)
            { Parameters = { Value(builderId), Value(requestId), Value(rows.WorkerId), Value(rows.MasterId), Value(Outbox.Now) } });
        return id ?? throw NotFound();
    }

    public Task FinishBuild(long buildId, BuildResult results) => RunOne(
        """
        WITH build AS (UPDATE builds SET complete = 1, complete_at = $2, results = $3 WHERE id = $1 RETURNING *)
        INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $2, 'build', 'finished', id, to_json(build)::text FROM build
        """,
        buildId, Outbox.Now, (long)results);

    public async Task<bool> CompleteBuildRequest(long requestId, BuildResult results)
    {
        // Whoever has the buildset locked decides whether it is complete. Skipped is no worse than Success; the others are in order.
        long now = Outbox.Now;
        long? id = await Run(
            new("SELECT id FROM buildsets WHERE id = (SELECT buildset_id FROM buildrequests WHERE id = $1) FOR NO KEY UPDATE")
            { Parameters = { Value(requestId) } },
            new(
                """
                WITH request AS (
                    UPDATE buildrequests SET complete = 1, complete_at = $2, results = $3 WHERE id = $1 AND complete = 0 RETURNING *),
                event AS (
                    INSERT INTO outbox (at, kind, name, resource_id, resource)
                    SELECT $2, 'buildrequest', 'complete', id, to_json(request)::text FROM request)
                SELECT id FROM request
                """)
            { Parameters = { Value(requestId), Value(now), Value((long)results) } },
            new(
                """
                WITH done AS (
                    SELECT buildset_id, max(CASE results WHEN 3 THEN 0 ELSE results END) AS results FROM buildrequests
                    WHERE buildset_id = (SELECT buildset_id FROM buildrequests WHERE id = $1)
                    GROUP BY buildset_id HAVING bool_and(complete = 1)),
                buildset AS (
                    UPDATE buildsets SET complete = 1, complete_at = $2, results = done.results FROM done
                    WHERE id = done.buildset_id AND complete = 0
                    RETURNING buildsets.*)
                INSERT INTO outbox (at, kind, name, resource_id, resource) SELECT $2, 'buildset', 'complete', id, to_json(buildset)::text FROM buildset
                """)
            { Parameters = { Value(requestId), Value(now) } });
        return id is not null;
    }

    public virtual void CloseIdleConnections() => dataSource.Clear();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await dataSource.DisposeAsync();
    }

    private static InvalidOperationException NotFound() => new("There is no such resource.");

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private async Task RunOne(string sql, params object[] values)
    {
        if (await Execute(sql, values) != 1)
            throw NotFound();
    }

    private async Task<int> Execute(string sql, params object[] values)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(sql);
        foreach (object value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Runs statements in one round trip and one transaction. Returns the id from the last statement that is a query, or null if
    /// that returned nothing.
    /// </summary>
    private async Task<long?> Run(params NpgsqlBatchCommand[] commands)
    {
        await using NpgsqlBatch batch = dataSource.CreateBatch();
        foreach (NpgsqlBatchCommand command in commands)
            batch.BatchCommands.Add(command);

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        long? id;
        do
        {
            id = await reader.ReadAsync() ? reader.GetInt64(0) : null;
        }
        while (await reader.NextResultAsync());
        return id;
    }
}
