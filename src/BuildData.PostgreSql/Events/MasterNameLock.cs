using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Takes this master's name: an advisory lock, which only one session of the database can hold. Therefore only one process at a
/// time can be this master.
/// </summary>
/// <remarks>
/// Advisory locks and channels belong to the whole database. Several schemas of a database may have this library's tables.
/// Therefore the names of locks and channels contain the id of the table event_log, which differs between schemas.
/// </remarks>
internal sealed class MasterNameLock(MasterIdentity identity)
{
    /// <summary>Takes the name for the session of a connection.</summary>
    /// <returns>
    /// The name of the channel for notifications, which the same round trip reads; null if another session holds this master's
    /// name.
    /// </returns>
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
    /// Increases the master's epoch in the database, unless this process was the last one to do so. Then only this process can
    /// write as this master.
    /// </summary>
    /// <remarks>
    /// The epoch counts how often a process has become this master. Each transaction with events fails if the database has
    /// another epoch than <see cref="MasterIdentity.Epoch"/>, which this method sets.
    /// </remarks>
    /// <param name="connection">The connection whose session holds the name.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public async Task IncreaseEpochUnlessOwn(NpgsqlConnection connection, CancellationToken cancellationToken)
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

    /// <summary>Ends a session on the server, if that session holds the name.</summary>
    /// <param name="connection">The connection that sends the request, which is not the connection of that session.</param>
    /// <param name="serverProcessId">The id of the server's process that serves the session.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>Whether the session was ended.</returns>
    public async Task<bool> EndSessionIfItHoldsName(NpgsqlConnection connection, int serverProcessId, CancellationToken cancellationToken)
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
