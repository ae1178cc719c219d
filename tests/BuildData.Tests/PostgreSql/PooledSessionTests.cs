using Npgsql;

namespace BuildData.Tests;

/// <summary>The sessions that a master returns to the pool. The pool does not reset them.</summary>
internal sealed class PooledSessionTests() : StoreTests(StoreKinds.PostgreSql)
{
    private const int PoolSize = 12;

    private const string State =
        """
        SELECT coalesce(string_agg(found.what, ', '), '') FROM (
            SELECT name || ' = ' || setting FROM pg_settings WHERE source = 'session'
            UNION ALL SELECT 'lock ' || objid FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'
            UNION ALL SELECT 'listens to ' || channel FROM pg_listening_channels() AS channel
            UNION ALL SELECT 'temporary table ' || relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS found (what)
        """;

    [Test]
    public async Task Dispose_AfterEveryKindOfWork_LeavesNoStateInThePool()
    {
        await using NpgsqlDataSource pool = NpgsqlDataSource.Create(
            ((PostgreSqlTestStore)Store).ConnectionString + $";No Reset On Close=true;Maximum Pool Size={PoolSize};Max Auto Prepare=100;Auto Prepare Min Usages=2");
        await using (Master master = await Master.Open(options => options.UsePostgreSql(pool)))
            await DoEveryKindOfWork(master);

        (await StatesOfAllSessions(pool)).Should().OnlyContain(state => state.Length == 0);
    }

    private static async Task DoEveryKindOfWork(Master master)
    {
        Subscription steps = master.Data.Events.Subscribe("/steps/*");
        long step = await master.Data.Updates.Step();
        await master.Data.Updates.Transaction(async u => await u.SetStepStateString(step, "from a transaction"));
        await FluentActions.Awaiting(() => master.Data.Updates.Transaction(_ => throw new InvalidOperationException("The host gives up."))).Should().ThrowAsync<InvalidOperationException>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => master.Data.Updates.SetStepStateString(step, $"{i}")));
        await master.Data.Get("/builds?include=steps");
        await steps.Next(3);
    }

    private static async Task<List<string>> StatesOfAllSessions(NpgsqlDataSource pool)
    {
        var connections = new List<NpgsqlConnection>();
        var states = new List<string>();
        try
        {
            for (int i = 0; i < PoolSize; i++)
            {
                connections.Add(await pool.OpenConnectionAsync());
                await using var command = new NpgsqlCommand(State, connections[^1]);
                states.Add((string)(await command.ExecuteScalarAsync())!);
            }
        }
        finally
        {
            foreach (NpgsqlConnection connection in connections)
                await connection.DisposeAsync();
        }

        return states;
    }
}
