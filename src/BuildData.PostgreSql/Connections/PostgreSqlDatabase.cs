using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>The database: its connections, and its name in errors.</summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _isOwned;

    // Without a reference the driver would report each as a leak.
    private readonly System.Collections.Concurrent.ConcurrentBag<NpgsqlConnection> _abandoned = [];

    public PostgreSqlDatabase(NpgsqlDataSource dataSource, bool isOwned)
    {
        _dataSource = dataSource;
        _isOwned = isOwned;
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        Name = $"{settings.Host}/{settings.Database ?? settings.Username}";
    }

    /// <summary>Host and database.</summary>
    public string Name { get; }

    /// <exception cref="StoreException">The database can't be reached.</exception>
    public async ValueTask<NpgsqlConnection> Connect(CancellationToken cancellationToken)
    {
        try
        {
            return await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            throw new StoreException($"The database '{Name}' can't be reached: {error.Message}", error);
        }
        catch (ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(Master));
        }
    }

    /// <summary>
    /// Runs something on a connection of the pool that may be run again. The server may have ended connections while they were idle:
    /// if one turns out to be lost, all of them are dropped, and a new one is tried.
    /// </summary>
    public async ValueTask<TResult> Retry<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> run, TState state, CancellationToken cancellationToken)
    {
        try
        {
            return await run(state, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsConnectionLost(error) && !PostgreSqlErrors.IsTimeout(error) && !cancellationToken.IsCancellationRequested)
        {
            _dataSource.Clear();
        }

        return await run(state, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks something on a connection of its own, which is given up if there is no answer soon.</summary>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="TimeoutException">It does not answer soon.</exception>
    public async ValueTask<T> QueryShortly<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken stop = default)
    {
        NpgsqlConnection connection = await Connect(stop).ConfigureAwait(false);
        bool isAnswered = false;
        try
        {
            T answer = await ask(connection).WithShortTimeout(stop).ConfigureAwait(false);
            isAnswered = true;
            return answer;
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error) && error is not TimeoutException)
        {
            isAnswered = true;
            throw;
        }
        finally
        {
            if (isAnswered)
                await connection.DisposeAsync().ConfigureAwait(false);
            else
                Abandon(connection);
        }
    }

    /// <summary>Closes a connection that writes.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="isMarked">Whether its session is marked as that of batches, which it must not be for others.</param>
    public static async ValueTask Close(NpgsqlConnection connection, bool isMarked)
    {
        await using (connection.ConfigureAwait(false))
        {
            if (connection.State != System.Data.ConnectionState.Open)
                return;

            try
            {
                // The pool may be set to leave a session as it is.
                var reset = new NpgsqlCommand(isMarked ? "RESET ALL; SELECT pg_advisory_unlock_all()" : "RESET ALL", connection);
                await using (reset.ConfigureAwait(false))
                    await reset.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
            {
                // It is gone one way or the other.
                return;
            }
        }
    }

    /// <summary>Leaves a connection that does not answer to itself, until it fails or the process ends.</summary>
    public void Abandon(NpgsqlConnection connection) => _abandoned.Add(connection);

    /// <summary>Returns what a driver's error is to the library's callers.</summary>
    /// <param name="error">The error.</param>
    /// <param name="isUnknown">Whether nobody knows what has become of the commit.</param>
    public StoreException Wrap(Exception error, bool isUnknown = false) => error switch
    {
        _ when isUnknown => new StoreException(
            $"The connection to '{Name}' was lost while an update was committed: it may be in the database, or not. {error.Message}", error)
        { IsOutcomeUnknown = true },
        StoreException known => known,
        StaleRowsException => new StoreException($"Other masters changed the same rows of '{Name}' again and again.", error),
        PostgresException { SqlState: PostgresErrorCodes.InvalidArgumentForPowerFunction } => new StoreException(
            $"Another process has become this master in '{Name}'. Each process needs a name of its own.", error),
        PostgresException refused => new StoreException($"The database '{Name}' refused a statement ({refused.SqlState}): {refused.MessageText}", error),
        _ when PostgreSqlErrors.IsTimeout(error) => new StoreException($"The database '{Name}' did not answer in time (Command Timeout).", error),
        _ => new StoreException($"The connection to the database '{Name}' was lost: {error.Message}", error),
    };

    public ValueTask DisposeAsync() => _isOwned ? _dataSource.DisposeAsync() : ValueTask.CompletedTask;
}
