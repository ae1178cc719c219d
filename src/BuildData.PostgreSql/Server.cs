using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>The database: its connections, and its name in errors.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _isOwned;

    public Server(NpgsqlDataSource dataSource, bool isOwned)
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

    /// <summary>What a driver's error is to the library's callers.</summary>
    /// <param name="error">The error.</param>
    /// <param name="mayBeIn">Whether nobody knows what has become of the commit.</param>
    public StoreException Wrap(Exception error, bool mayBeIn = false) => error switch
    {
        _ when mayBeIn => new StoreException(
            $"The connection to '{Name}' was lost while an update was committed: it may be in the database, or not. {error.Message}", error)
        { IsOutcomeUnknown = true },
        StoreException known => known,
        PostgresException refused => new StoreException($"The database '{Name}' refused a statement ({refused.SqlState}): {refused.MessageText}", error),
        { InnerException: TimeoutException } => new StoreException($"The database '{Name}' did not answer in time (Command Timeout).", error),
        _ => new StoreException($"The connection to the database '{Name}' was lost: {error.Message}", error),
    };

    /// <summary>Whether an error comes from the driver or from the way to the database, not from this library's or the host's code.</summary>
    public static bool IsOurs(Exception error) => error is NpgsqlException or IOException or System.Net.Sockets.SocketException or TimeoutException;

    /// <summary>Whether a transaction that failed so is to be run again: others were in its way, or a prepared statement was not.</summary>
    public static bool IsConflict(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.InvalidSqlStatementName,
    };

    /// <summary>Whether others held a row for longer than was to be waited.</summary>
    public static bool IsBlocked(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>Whether the connection is gone.</summary>
    public static bool IsLoss(Exception error) =>
        error is PostgresException refused
            ? refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            : (IsOurs(error) && error.InnerException is not TimeoutException) || error is StoreException;

    public ValueTask DisposeAsync() => _isOwned ? _dataSource.DisposeAsync() : ValueTask.CompletedTask;
}
