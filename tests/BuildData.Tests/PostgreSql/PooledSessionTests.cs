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

    [TestCase("Host=h", true, 256)]
    [TestCase("Host=h;No Reset On Close=false;Max Auto Prepare=0", false, 0)]
    [TestCase("Host=h;NoResetOnClose=false;MaxAutoPrepare=7", false, 7)]
    public void UsePostgreSql_ConnectionString_KeepsWhatTheCallerHasSet(string given, bool noReset, int maxAutoPrepare)
    {
        var settings = new NpgsqlConnectionStringBuilder(PostgreSqlOptionsExtensions.CompleteConnectionString(given));

        (settings.NoResetOnClose, settings.MaxAutoPrepare).Should().Be((noReset, maxAutoPrepare));
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
        for (int i = 0; i < 50; i++)
            await CancelRead(master);
    }

    // The read of a build with its steps is a transaction of several statements.
    private static async Task CancelRead(Master master)
    {
        using var cancellation = new CancellationTokenSource();
        Task read = master.Data.Get("/builds?include=steps", cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        try
        {
            await read;
        }
        catch (OperationCanceledException)
        {
            // The read may also have been faster.
        }
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
                states.Add(await Scalar<string>(connections[^1], State));

                // In an open transaction, the time does not change.
                if (await Scalar<DateTime>(connections[^1], "SELECT now()") == await Scalar<DateTime>(connections[^1], "SELECT now()"))
                    states.Add("open transaction");
            }
        }
        finally
        {
            foreach (NpgsqlConnection connection in connections)
                await connection.DisposeAsync();
        }

        return states;
    }

    private static async Task<T> Scalar<T>(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The test's own statement.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
