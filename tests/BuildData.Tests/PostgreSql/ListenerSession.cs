using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>
/// The session on the server that listens for the notifications of other masters. It also holds the master's name. If there are several
/// masters, it is that of the master that was opened first.
/// </summary>
internal static class ListenerSession
{
    // Only the lock of a master's name is exclusive.
    private const string NameLock =
        """
        FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        WHERE l.locktype = 'advisory' AND l.mode = 'ExclusiveLock' AND l.granted AND a.datname = current_database()
        ORDER BY a.backend_start LIMIT 1
        """;

    /// <summary>Ends the session.</summary>
    public static Task EndListener(this PostgreSqlTestStore store) => store.Scalar<bool>($"SELECT pg_terminate_backend(pid, 10000) {NameLock}");

    /// <summary>Ends the session, and gives the lock of the master's name to another one, so that the master can't replace its session.</summary>
    public static async Task EndListenerAndTakeName(this PostgreSqlTestStore store, NpgsqlConnection taker)
    {
        await taker.OpenAsync();
        long key = await store.Scalar<long>($"SELECT (classid::bigint << 32) | objid::bigint {NameLock}");
        Task take = taker.ExecuteAsync($"SELECT pg_advisory_lock({key})");
        await store.Until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", 1);
        await store.EndListener();
        await take;
    }
}
