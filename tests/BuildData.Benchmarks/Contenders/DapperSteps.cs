using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>The step life cycle with plain Dapper: one connection, taken in turns, each update a transaction.</summary>
internal sealed class DapperSteps(SqliteConnection connection) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<long> Run(Func<long> nextBuild, Func<bool> goOn)
    {
        long updates = 0;
        long buildId = 0;
        while (goOn())
        {
            if (updates % (5 * Database.StepsPerBuild) == 0)
                buildId = nextBuild();

            long id = await InTransaction(transaction =>
            {
                long number = connection.ExecuteScalar<long>(
                    "SELECT coalesce(max(number) + 1, 0) FROM steps WHERE build_id = @buildId", new { buildId }, transaction);
                string name = $"s{number}";
                if (connection.ExecuteScalar<long?>(
                    "SELECT 1 FROM steps WHERE build_id = @buildId AND name = @name", new { buildId, name }, transaction) is not null)
                {
                    throw new InvalidOperationException("The name is taken.");
                }

                connection.Execute(
                    "INSERT INTO steps (build_id, builder_id, number, name, complete, state_string, hidden) VALUES (@buildId, 1, @number, @name, 0, 'pending', 0)",
                    new { buildId, number, name },
                    transaction);
                return connection.ExecuteScalar<long>("SELECT last_insert_rowid()", transaction: transaction);
            });
            await InTransaction(transaction => connection.Execute(
                "UPDATE steps SET started_at = @at WHERE id = @id", new { id, at = 1_700_000_000_000_000L }, transaction));
            await InTransaction(transaction => connection.Execute(
                "UPDATE steps SET state_string = @state WHERE id = @id", new { id, state = "compiling 12 of 80 files" }, transaction));
            await InTransaction(transaction =>
            {
                connection.ExecuteScalar<string?>("SELECT urls FROM steps WHERE id = @id", new { id }, transaction);
                return connection.Execute(
                    "UPDATE steps SET urls = @urls WHERE id = @id",
                    new { id, urls = """[{"name":"log","url":"https://example.org/logs/1"}]""" },
                    transaction);
            });
            await InTransaction(transaction => connection.Execute(
                "UPDATE steps SET complete = 1, complete_at = @at, results = 0, hidden = 0 WHERE id = @id",
                new { id, at = 1_700_000_000_000_000L },
                transaction));
            updates += 5;
        }

        return updates;
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<T> InTransaction<T>(Func<SqliteTransaction, T> body)
    {
        await _turn.WaitAsync();
        try
        {
            await using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
            T result = body(transaction);
            transaction.Commit();
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }
}
