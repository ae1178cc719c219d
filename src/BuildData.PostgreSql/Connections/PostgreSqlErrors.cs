using System.Net.Sockets;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Classifies errors by their effect on a transaction and on its connection.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>
    /// Returns whether an error comes from the driver, the network or the server, and not from the code of this library or of
    /// the host program.
    /// </summary>
    public static bool IsDatabaseError(Exception error) =>
        error is NpgsqlException or IOException or SocketException or TimeoutException or StaleRowsException;

    /// <summary>
    /// Returns whether a transaction conflicted with another session. Such a transaction may succeed when it runs again.
    /// </summary>
    /// <remarks>
    /// <para>These are the conflicts:</para>
    /// <list type="bullet">
    /// <item>The transaction was part of a deadlock.</item>
    /// <item>
    /// Another session has changed rows that the transaction had read. The statement that checks these rows then divides by zero, to make
    /// the transaction fail.
    /// </item>
    /// <item>Another session has added a row with the same unique name or key.</item>
    /// <item>
    /// Another session has removed a row to which the transaction refers. Or another session has added a reference to a row that the
    /// transaction removes.
    /// </item>
    /// <item>The server no longer has the session's prepared statements. The server then reports an invalid statement name.</item>
    /// </list>
    /// </remarks>
    public static bool IsConflict(Exception error) => error is StaleRowsException or PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.InvalidSqlStatementName
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
            or PostgresErrorCodes.DivisionByZero,
    };

    /// <summary>Returns whether a statement failed because a row with the same unique name or key exists.</summary>
    public static bool IsUniqueViolation(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>
    /// Returns whether a statement failed because it refers to a row that does not exist. The reason can be that another session has
    /// removed a row that the caches of this process still contain.
    /// </summary>
    public static bool IsForeignKeyViolation(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation };

    /// <summary>Returns whether a statement failed because another session has locked a whole table.</summary>
    public static bool IsTableLocked(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>Returns whether an error means that the server did not answer in time.</summary>
    public static bool IsTimeout(Exception error) => error is TimeoutException or { InnerException: TimeoutException };

    /// <summary>Returns whether an error means that the connection is lost.</summary>
    public static bool IsConnectionLost(Exception error) => error is PostgresException refused ? EndsConnection(refused) : IsDatabaseError(error) && !IsConflict(error);

    /// <summary>
    /// Returns whether an error means that the server accepts no writes. A new connection may lead to another server that
    /// accepts writes.
    /// </summary>
    public static bool IsReadOnly(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    // Codes that begin with 08 mean connection errors. With 57P0x, the server reports that it is ending this connection.
    private static bool EndsConnection(PostgresException error) =>
        error.InvariantSeverity is "FATAL" or "PANIC"
        || error.SqlState.StartsWith("08", StringComparison.Ordinal)
        || error.SqlState.StartsWith("57P0", StringComparison.Ordinal);
}
