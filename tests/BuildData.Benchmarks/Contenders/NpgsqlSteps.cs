using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// The step life cycle as hand-written Npgsql would do it: a connection for each caller, prepared statements, a transaction for
/// each update, in as few round trips as that allows. It announces nothing.
/// </summary>
internal sealed class NpgsqlSteps(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    public async Task<long> Run(Func<long> nextBuild, Func<bool> goOn)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync();
        long updates = 0;
        long buildId = 0;
        while (goOn())
        {
            if (updates % (5 * Database.StepsPerBuild) == 0)
                buildId = nextBuild();

            long id = await NewStep(connection, buildId, $"s{updates / 5 % Database.StepsPerBuild}");
            await Execute(connection, "UPDATE steps SET started_at = $2 WHERE id = $1", id, 1_700_000_000_000_000L);
            await Execute(connection, "UPDATE steps SET state_string = $2 WHERE id = $1", id, "compiling 12 of 80 files");
            await AddUrl(connection, id);
            await Execute(connection, "UPDATE steps SET complete = 1, complete_at = $2, results = $3, hidden = $4 WHERE id = $1", id, 1_700_000_000_000_000L, 0L, 0L);
            updates += 5;
        }

        return updates;
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    private static async Task<long> NewStep(NpgsqlConnection connection, long buildId, string name)
    {
        long number;
        await using (NpgsqlBatch begin = connection.CreateBatch())
        {
            begin.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
            begin.BatchCommands.Add(Command("SELECT id FROM builds WHERE id = $1 FOR NO KEY UPDATE", buildId));
            begin.BatchCommands.Add(Command("SELECT coalesce(max(number) + 1, 0), count(*) FILTER (WHERE name = $2) FROM steps WHERE build_id = $1", buildId, name));
            await using NpgsqlDataReader reader = await begin.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            number = reader.GetInt64(0);
            if (reader.GetInt64(1) > 0)
                throw new InvalidOperationException("The name is taken.");
        }

        await using NpgsqlBatch insert = connection.CreateBatch();
        insert.BatchCommands.Add(Command(
            "INSERT INTO steps (build_id, builder_id, number, name, complete, state_string, hidden) VALUES ($1, 1, $2, $3, 0, 'pending', 0) RETURNING id",
            buildId, number, name));
        insert.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        return (long)(await insert.ExecuteScalarAsync())!;
    }

    private static async Task AddUrl(NpgsqlConnection connection, long id)
    {
        await using (NpgsqlBatch begin = connection.CreateBatch())
        {
            begin.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
            begin.BatchCommands.Add(Command("SELECT urls FROM steps WHERE id = $1 FOR NO KEY UPDATE", id));
            await begin.ExecuteScalarAsync();
        }

        await using NpgsqlBatch update = connection.CreateBatch();
        update.BatchCommands.Add(Command("UPDATE steps SET urls = $2 WHERE id = $1", id, """[{"name":"log","url":"https://example.org/logs/1"}]"""));
        update.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await update.ExecuteNonQueryAsync();
    }

    private static async Task Execute(NpgsqlConnection connection, string sql, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (object value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (object value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
