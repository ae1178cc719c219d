using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Takes the lock of this master's name: an advisory lock in the database. Only one session can hold the lock. Therefore only one process
/// at a time can be this master.
/// </summary>
/// <remarks>
/// <para>A master is a process that writes, and has a name.</para>
/// <para>
/// Advisory locks and notification channels belong to the whole database. Several schemas of one database may have this library's tables.
/// Therefore the keys of the locks and the names of the channels contain the id of the table event_log. This id differs between schemas.
/// </para>
/// </remarks>
internal sealed class MasterNameLock(MasterIdentity identity)
{
    /// <summary>
    /// Tries to take the lock of this master's name. In the same round trip, reads the name of the channel on which masters
    /// notify each other.
    /// </summary>
    /// <param name="connection">The connection whose session is to hold the lock.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>The name of the channel; null if another session holds the lock.</returns>
    public async Task<string?> TryTakeAndReadChannelName(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var take = new NpgsqlCommand(
            $"""
            SELECT {CommitNotificationListener.ChannelNameSql} FROM event_log WHERE pg_try_advisory_lock(hashtextextended({CommitNotificationListener.ChannelNameSql} || ' ' || $1, 0))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id } },
        };
        await using (take.ConfigureAwait(false))
            return (string?)await take.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Increases this master's epoch in the database, unless this process was the last process that has increased it. Sets
    /// <see cref="MasterIdentity.Epoch"/>.
    /// </summary>
    /// <remarks>
    /// The epoch counts how often a process has become this master. Each transaction with events fails if the epoch in the
    /// database differs from the epoch of its process. Therefore only the latest process can write as this master.
    /// </remarks>
    /// <param name="connection">The connection whose session holds the lock of this master's name.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task ClaimEpoch(NpgsqlConnection connection, CancellationToken cancellationToken)
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

    /// <summary>Ends a session on the server, if that session holds the lock of this master's name.</summary>
    /// <param name="connection">The connection that sends the request. It must not be the connection of the session to end.</param>
    /// <param name="serverProcessId">The id of the server's process that serves the session.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>Whether the session was ended.</returns>
    public async Task<bool> EndSessionIfHolder(NpgsqlConnection connection, int serverProcessId, CancellationToken cancellationToken)
    {
        var end = new NpgsqlCommand(
            $"""
            SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l, event_log WHERE l.pid = $1 AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended({CommitNotificationListener.ChannelNameSql} || ' ' || $2, 0)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<int> { TypedValue = serverProcessId }, new NpgsqlParameter<long> { TypedValue = identity.Id } },
        };
        await using (end.ConfigureAwait(false))
            return await end.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }
}
