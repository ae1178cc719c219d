using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>
/// The step life cycle as hand-written ADO.NET would do it: kept commands on one connection, each update a transaction, or all
/// of a turn in one (the ceiling of throughput).
/// </summary>
internal sealed class AdoSteps(SqliteConnection connection, bool oneTransaction) : IAsyncDisposable
{
    private readonly SqliteCommand _begin = connection.Kept("BEGIN IMMEDIATE", 0);
    private readonly SqliteCommand _commit = connection.Kept("COMMIT", 0);
    private readonly SqliteCommand _next = connection.Kept("SELECT coalesce(max(number) + 1, 0) FROM steps WHERE build_id = $1", 1);
    private readonly SqliteCommand _taken = connection.Kept("SELECT 1 FROM steps WHERE build_id = $1 AND name = $2", 2);
    private readonly SqliteCommand _insert = connection.Kept(
        "INSERT INTO steps (build_id, builder_id, number, name, complete, state_string, hidden) VALUES ($1, 1, $2, $3, 0, 'pending', 0)", 3);

    private readonly SqliteCommand _id = connection.Kept("SELECT last_insert_rowid()", 0);
    private readonly SqliteCommand _start = connection.Kept("UPDATE steps SET started_at = $2 WHERE id = $1", 2);
    private readonly SqliteCommand _state = connection.Kept("UPDATE steps SET state_string = $2 WHERE id = $1", 2);
    private readonly SqliteCommand _urls = connection.Kept("SELECT urls FROM steps WHERE id = $1", 1);
    private readonly SqliteCommand _setUrls = connection.Kept("UPDATE steps SET urls = $2 WHERE id = $1", 2);
    private readonly SqliteCommand _finish = connection.Kept(
        "UPDATE steps SET complete = 1, complete_at = $2, results = $3, hidden = $4 WHERE id = $1", 4);

    /// <summary>Runs life cycles of five updates each; the number of updates.</summary>
    public Task<long> Run(Func<long> nextBuild, Func<bool> goOn)
    {
        long updates = 0;
        long buildId = 0;
        if (oneTransaction)
            _begin.ExecuteNonQuery();
        while (goOn())
        {
            if (updates % (5 * Database.StepsPerBuild) == 0)
                buildId = nextBuild();

            Begin();
            long number = (long)_next.Bind(buildId).ExecuteScalar()!;
            string name = $"s{number}";
            if (_taken.Bind(buildId, name).ExecuteScalar() is not null)
                throw new InvalidOperationException("The name is taken.");
            _insert.Bind(buildId, number, name).ExecuteNonQuery();
            long id = (long)_id.ExecuteScalar()!;
            Commit();

            Begin();
            _start.Bind(id, 1_700_000_000_000_000L).ExecuteNonQuery();
            Commit();

            Begin();
            _state.Bind(id, "compiling 12 of 80 files").ExecuteNonQuery();
            Commit();

            Begin();
            _urls.Bind(id).ExecuteScalar();
            _setUrls.Bind(id, """[{"name":"log","url":"https://example.org/logs/1"}]""").ExecuteNonQuery();
            Commit();

            Begin();
            _finish.Bind(id, 1_700_000_000_000_000L, 0L, 0L).ExecuteNonQuery();
            Commit();
            updates += 5;
        }

        if (oneTransaction)
            _commit.ExecuteNonQuery();
        return Task.FromResult(updates);
    }

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    private void Begin()
    {
        if (!oneTransaction)
            _begin.ExecuteNonQuery();
    }

    private void Commit()
    {
        if (!oneTransaction)
            _commit.ExecuteNonQuery();
    }
}
