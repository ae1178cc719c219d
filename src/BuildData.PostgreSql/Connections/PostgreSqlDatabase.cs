using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Opens and closes the connections to one database, and converts the driver's errors to this library's exceptions.
/// Thread-safe.
/// </summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    // Each lost connection of the pool costs one attempt.
    private const int MaxAttempts = 10;

    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _ownsDataSource;

    // These references keep abandoned connections from being collected, which the driver would report as leaks.
    private readonly System.Collections.Concurrent.ConcurrentBag<NpgsqlConnection> _abandoned = [];

    public PostgreSqlDatabase(NpgsqlDataSource dataSource, bool ownsDataSource)
    {
        _dataSource = dataSource;
        _ownsDataSource = ownsDataSource;
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        Name = $"{settings.Host}/{settings.Database ?? settings.Username}";
    }

    /// <summary>Gets the address of the server and the name of the database, for error messages and the log.</summary>
    public string Name { get; }

    /// <summary>
    /// Opens a connection, or takes an open connection from the pool. The caller must dispose the connection. If the connection does not
    /// answer, the caller must call <see cref="Abandon"/> instead.
    /// </summary>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="ObjectDisposedException">The data source, which owns the pool, is disposed.</exception>
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

    /// <summary>Runs an operation on the database. If the connection is lost, runs the operation again.</summary>
    /// <remarks>
    /// Before each new attempt, this method clears the pool, because the server may have ended more idle connections. Npgsql
    /// may still leave lost connections in the pool. Each of these connections costs one attempt.
    /// </remarks>
    /// <param name="run">
    /// The operation, which takes a connection from the pool. It may run up to ten times, so running it again must be
    /// harmless.
    /// </param>
    /// <param name="state">The argument of the operation.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<TResult> RetryOnLostConnection<TState, TResult>(
        Func<TState, CancellationToken, ValueTask<TResult>> run, TState state, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await run(state, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (attempt < MaxAttempts && PostgreSqlErrors.IsConnectionLost(error) && !PostgreSqlErrors.IsTimeout(error) && !cancellationToken.IsCancellationRequested)
            {
                ClearPool();
            }
        }
    }

    /// <summary>Closes the idle connections of the pool, because the server may have ended them.</summary>
    public void ClearPool() => _dataSource.Clear();

    /// <summary>
    /// Runs a query on a connection of the pool. If no answer arrives within five seconds, throws an exception, and never uses this
    /// connection again.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="stop">Cancels the wait for the answer. This library also never uses the connection again after such a cancellation.</param>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="TimeoutException">No answer arrived within five seconds.</exception>
    public async ValueTask<T> QueryWithTimeout<T>(Func<NpgsqlConnection, Task<T>> query, CancellationToken stop = default)
    {
        NpgsqlConnection connection = await Connect(stop).ConfigureAwait(false);
        bool isAnswered = false;
        try
        {
            T answer = await query(connection).WithResponseTimeout(stop).ConfigureAwait(false);
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
                await Close(connection).ConfigureAwait(false);
            else
                Abandon(connection);
        }
    }

    /// <summary>Resets the settings of a connection's session, and returns the connection to the pool.</summary>
    /// <remarks>The next user of the pooled connection must not find this library's settings and locks.</remarks>
    /// <param name="connection">The connection.</param>
    /// <param name="holdsBatchLock">
    /// Whether the session holds the lock that <see cref="SessionPurposeAdvisoryLocks.MarkAsBatchSession"/> takes. If so, this method
    /// releases the lock.
    /// </param>
    public static async ValueTask ResetAndClose(NpgsqlConnection connection, bool holdsBatchLock)
    {
        try
        {
            if (connection.State != System.Data.ConnectionState.Open)
                return;

            // The pool may be configured not to reset sessions (No Reset On Close).
            var reset = new NpgsqlCommand(holdsBatchLock ? "RESET ALL; SELECT pg_advisory_unlock_all()" : "RESET ALL", connection);
            await using (reset.ConfigureAwait(false))
                await reset.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            // The connection is lost. The server ends its session, which releases the settings and the locks.
        }
        finally
        {
            await Close(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Closes a connection, or returns it to the pool. Does not throw if the connection is lost.</summary>
    /// <remarks>
    /// Before the driver closes a connection, it reads the rest of the answer to a statement that failed. That fails if the connection is
    /// lost. The driver then drops the connection, so there is nothing left to close.
    /// </remarks>
    public static async ValueTask Close(NpgsqlConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            // The caller already has the result or the error of its statement.
        }
    }

    /// <summary>
    /// Stops using a connection that does not answer, without closing it, because closing would also wait for an answer. The
    /// connection stays open until it fails or the process ends.
    /// </summary>
    public void Abandon(NpgsqlConnection connection) => _abandoned.Add(connection);

    /// <summary>Converts an error of the driver to the exception that callers of the library receive.</summary>
    /// <param name="error">The error of the driver.</param>
    /// <param name="isOutcomeUnknown">True if this library could not find out whether the transaction was committed.</param>
    public StoreException ToStoreException(Exception error, bool isOutcomeUnknown = false) => error switch
    {
        _ when isOutcomeUnknown => new StoreException(
            $"The connection to '{Name}' was lost during a commit, so it is unknown whether the update is stored. Look it up before you repeat it. {error.Message}", error)
        { IsOutcomeUnknown = true },
        StoreException known => known,
        StaleRowsException => new StoreException($"The update of '{Name}' failed because other masters changed the same rows during each attempt. Try it again later.", error),
        PostgresException { SqlState: PostgresErrorCodes.InvalidArgumentForPowerFunction } => new StoreException(
            $"Another process has become this master in '{Name}'. Give each process a MasterName of its own.", error),
        PostgresException refused => new StoreException($"The database '{Name}' refused a statement ({refused.SqlState}): {refused.MessageText}", error),
        _ when PostgreSqlErrors.IsTimeout(error) => new StoreException($"The database '{Name}' did not answer within the Command Timeout of the connection string.", error),
        _ => new StoreException($"The connection to the database '{Name}' was lost: {error.Message}", error),
    };

    public ValueTask DisposeAsync() => _ownsDataSource ? _dataSource.DisposeAsync() : ValueTask.CompletedTask;
}
