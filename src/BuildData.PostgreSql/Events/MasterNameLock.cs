using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Takes this master's name with an advisory lock of a session, so that one process at a time can have it.
/// </summary>
/// <remarks>
/// Advisory locks and channels belong to the whole database, which may have this library's tables in several schemas. So their names
/// contain the id of the table event_log, which differs between schemas.
/// </remarks>
internal sealed class MasterNameLock(MasterIdentity identity)
{
    /// <summary>Takes the name.</summary>
    /// <returns>
    /// The channel of the notifications, which costs no further round trip here; null if another session holds the name.
    /// </returns>
    public async Task<string?> TryTake(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var take = new NpgsqlCommand(
            $"""
            SELECT {EventListener.Channel} FROM event_log WHERE pg_try_advisory_lock(hashtextextended({EventListener.Channel} || ' ' || $1, 0))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id } },
        };
        await using (take.ConfigureAwait(false))
            return (string?)await take.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Increases the master's epoch, so that only this process can write as this master. Keeps the epoch if no other process has
    /// held the name since this one did.
    /// </summary>
    /// <param name="connection">The connection whose session holds the name.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task BeginEpoch(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var begin = new NpgsqlCommand(
            """
            WITH taken AS (UPDATE masters SET epoch = epoch + 1 WHERE id = $1 AND epoch <> $2 RETURNING epoch)
            SELECT coalesce((SELECT epoch FROM taken), $2)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id }, new NpgsqlParameter<long> { TypedValue = identity.Epoch } },
        };
        await using (begin.ConfigureAwait(false))
            identity.Epoch = (long)(await begin.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Ends a session on the server, if it holds the name.</summary>
    /// <param name="connection">Another connection.</param>
    /// <param name="processId">The id of the server's process that serves the session.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>Whether the session was ended.</returns>
    public async Task<bool> EndHolder(NpgsqlConnection connection, int processId, CancellationToken cancellationToken)
    {
        var end = new NpgsqlCommand(
            $"""
            SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l, event_log WHERE l.pid = $1 AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended({EventListener.Channel} || ' ' || $2, 0)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = processId }, new NpgsqlParameter<long> { TypedValue = identity.Id } },
        };
        await using (end.ConfigureAwait(false))
            return await end.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }
}
