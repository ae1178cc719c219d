using System.Data;
using Dapper;
using Npgsql;

namespace BuildData.TestSupport;

/// <summary>Talks to a server itself rather than to a test's database.</summary>
internal static class ServerSql
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a statement and returns the first column of its first row.</summary>
    public static async Task<T?> Scalar<T>(this PostgreSqlServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");

        // A statement of one word would be called as a procedure otherwise.
        return await connection.ExecuteScalarAsync<T>(sql, commandType: CommandType.Text);
    }

    /// <summary>Waits until a query returns a value.</summary>
    public static async Task Until<T>(this PostgreSqlServer server, string sql, T value)
    {
        using var end = new CancellationTokenSource(Patience);
        while (!Equals(await server.Scalar<T>(sql), value))
            await Task.Delay(10, end.Token);
    }

    /// <summary>Changes a setting of a running server, and returns when all of its processes have it.</summary>
    public static async Task Set(this PostgreSqlServer server, string setting, string value)
    {
        DateTime before = await server.Scalar<DateTime>("SELECT pg_conf_load_time()");
        await server.Scalar<int?>($"ALTER SYSTEM SET {setting} = '{value}'");
        await server.Scalar<bool>("SELECT pg_reload_conf()");
        await server.Until($"SELECT pg_conf_load_time() > '{before:O}'", true);

        // The checkpointer, which tells commits whether to wait for a replica, reads the settings before it begins a checkpoint.
        await server.Scalar<int?>("CHECKPOINT");
    }
}
