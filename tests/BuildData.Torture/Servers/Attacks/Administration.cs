using System.Data;
using BuildData.Torture.Running;
using Dapper;
using Npgsql;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>
/// An administrator keeps a snapshot for the whole round, and meanwhile locks, reindexes, analyzes and rewrites tables.
/// </summary>
internal sealed class Administration : AttackPart
{
    private const int MostAttacks = 10;
    private const int MostMillisecondsOfLock = 12_000;

    public override string Name => "administration";

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        string[] tables = (await arena.Server.Scalar<string>("SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'"))!.Split(' ');
        await using NpgsqlConnection snapshot = await Connect(arena.Server);
        await using NpgsqlTransaction reading = await snapshot.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await snapshot.ExecuteScalarAsync<string>("SELECT pg_current_snapshot()::text");

        await using NpgsqlConnection administrator = await Connect(arena.Server);
        for (int attack = random.Next(2, MostAttacks); attack > 0; attack--)
        {
            string table = tables[random.Next(tables.Length)];
            try
            {
                await Attack(run, administrator, table, random);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                run.Count($"{Name}: statements of the administrator that were in a deadlock");
            }
        }

        await reading.RollbackAsync();
    }

    private static async Task<NpgsqlConnection> Connect(PostgreSqlServer server)
    {
        var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private async Task Attack(CheckRun run, NpgsqlConnection connection, string table, Random random)
    {
        (string what, string statement) = random.Next(5) switch
        {
            0 => ("tables rewritten", $"VACUUM FULL {table}"),
            1 => ("tables reindexed", $"REINDEX TABLE {table}"),
            2 => ("tables analyzed", $"VACUUM ANALYZE {table}"),
            _ => ("tables locked", ""),
        };
        run.Count($"{Name}: {what}");
        if (statement.Length > 0)
        {
            await connection.ExecuteAsync(statement);
            return;
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync($"LOCK TABLE {table} IN {(random.Next(2) == 0 ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE")} MODE");
        await Wait(random, random.Next(4) == 0 ? MostMillisecondsOfLock : 1_500);
        await transaction.RollbackAsync();
    }
}
