using System.Data.Common;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Stores;
using Dapper;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>Adds many builds with high ids, so that a migration takes long enough to be interrupted.</summary>
internal static class FillerRows
{
    private const string Script =
        """
        INSERT INTO masters (id, name, active, last_active) VALUES (@first, 'filler', 0, 0);
        INSERT INTO builders (id, name) VALUES (@first, 'filler');
        INSERT INTO sourcestamps (id, branch, revision, repository, project, codebase, created_at) VALUES (@first, 'filler', 'r', 'filler', '', '', 0);
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
        INSERT INTO buildsets (id, reason, submitted_at, complete, complete_at, results) SELECT @first + i, 'filler', i, 1, i + 9, 0 FROM n;
        INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) SELECT id, @first FROM buildsets WHERE id >= @first;
        INSERT INTO buildrequests (id, buildset_id, builder_id, priority, complete, complete_at, results, submitted_at, waited_for)
        SELECT id, id, @first, 0, 1, submitted_at + 9, 0, submitted_at, 0 FROM buildsets WHERE id >= @first;
        INSERT INTO builds (id, number, builder_id, buildrequest_id, master_id, started_at, complete, complete_at, locks_duration_s, state_string, results)
        SELECT id, id - @first + 1, @first, id, @first, submitted_at, 1, submitted_at + 9, 0, 'filler', id % 3 FROM buildsets WHERE id >= @first;
        INSERT INTO build_properties (build_id, name, value, source) SELECT id, 'filler', CAST(id AS TEXT), 'filler' FROM builds WHERE id >= @first;
        INSERT INTO steps (id, build_id, builder_id, number, name, started_at, complete, complete_at, state_string, results, hidden)
        SELECT id, id, @first, 0, 'filler', started_at, 1, complete_at, 'filler', 0, 0 FROM builds WHERE id >= @first;
        """;

    /// <summary>Adds them.</summary>
    public static async Task Write(OldStore store, int builds)
    {
        await using DbConnection connection = await store.Connect();
        await using DbTransaction transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(Script, new { first = ExpectedAnswers.FirstIdOfFiller, count = (long)builds - 1 }, transaction);
        if ((await store.ReadColumns("builds")).Contains("buildset_id"))
            await connection.ExecuteAsync("UPDATE builds SET buildset_id = id WHERE id >= @first", new { first = ExpectedAnswers.FirstIdOfFiller }, transaction);
        if (store is OldPostgreSqlStore)
            await new OldRowWriter(connection, transaction, await OldColumns.Read(store)).SetSequences();
        await transaction.CommitAsync();
    }
}
