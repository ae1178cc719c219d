using System.Data;
using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>The connection that hears other masters' notifications and, as long as it is there, holds this master's name.</summary>
internal sealed class Listener(Server server, long masterId) : IAsyncDisposable
{
    /// <summary>The channel of notifications, as an expression over event_log.</summary>
    public const string Channel = "'builddata_' || event_log.tableoid";

    private NpgsqlConnection? _connection;
    private volatile Place _known = new(0, null);

    /// <summary>Whether there is such a connection, as far as is known.</summary>
    public bool Listens => _connection is not null;

    /// <summary>The last event that it has heard of.</summary>
    public Place Known => _known;

    /// <summary>Connects; false if the name is another process's.</summary>
    public async ValueTask<bool> TryListen(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await Hold(connection, cancellationToken).ConfigureAwait(false) is not { } channel)
                return false;

            connection.Notification += (_, e) => _known = Place.Parse(e.Payload);
#pragma warning disable CA2100 // A word and a number.
            var listen = new NpgsqlCommand("LISTEN " + channel, connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            _connection = connection;
            return true;
        }
        finally
        {
            if (_connection != connection)
                await Release(connection).ConfigureAwait(false);
        }
    }

    /// <summary>False if no notification came in that time.</summary>
    public Task<bool> Wait(TimeSpan time, CancellationToken cancellationToken) => _connection!.WaitAsync(time, cancellationToken);

    /// <summary>Gives the connection up if it was lost; false if it was not.</summary>
    public async ValueTask<bool> DropLost()
    {
        if (_connection is not { State: not ConnectionState.Open } lost)
            return false;

        _connection = null;
        await lost.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await Release(_connection).ConfigureAwait(false);
    }

    /// <summary>Takes this master's name, and gives the channel to listen on; null if the name is another process's.</summary>
    private async Task<string?> Hold(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Locks and channels are a database's, which may have this library's tables in several schemas.
        var hold = new NpgsqlCommand(
            $"""
            SELECT {Channel} FROM event_log WHERE pg_try_advisory_lock(hashtextextended({Channel} || ' ' || $1, 0))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = masterId } },
        };
        await using (hold.ConfigureAwait(false))
            return (string?)await hold.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a connection back that may hold the name: the pool would keep it, and the name with it.</summary>
    private static async ValueTask Release(NpgsqlConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            if (connection.State != ConnectionState.Open)
                return;

            try
            {
                var release = new NpgsqlCommand("UNLISTEN *; SELECT pg_advisory_unlock_all()", connection);
                await using (release.ConfigureAwait(false))
                    await release.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (Server.IsOurs(error))
            {
                // With the connection goes the name.
                return;
            }
        }
    }
}
