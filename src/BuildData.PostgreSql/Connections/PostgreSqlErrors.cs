using System.Net.Sockets;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Tells what an error means for a transaction and for its connection.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>Whether an error comes from the driver or from the way to the database, not from this library's or the host's code.</summary>
    public static bool IsDatabaseError(Exception error) =>
        error is NpgsqlException or IOException or SocketException or TimeoutException or StaleRowsException;

    /// <summary>
    /// Whether a transaction that failed so is to be run again: another one was in its way, had changed what it relied on, or has
    /// added the same name first.
    /// </summary>
    public static bool IsConflict(Exception error) => error is StaleRowsException or PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.InvalidSqlStatementName
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation or PostgresErrorCodes.DivisionByZero,
    };

    /// <summary>Whether a row with the same name is there already.</summary>
    public static bool IsUniqueViolation(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation };

    /// <summary>Whether another session has locked a whole table.</summary>
    public static bool IsTableLocked(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>Whether the server did not answer in time.</summary>
    public static bool IsTimeout(Exception error) => error is TimeoutException or { InnerException: TimeoutException };

    /// <summary>Whether the connection is gone.</summary>
    public static bool IsConnectionLost(Exception error) => error is PostgresException refused ? EndsConnection(refused) : IsDatabaseError(error) && !IsConflict(error);

    /// <summary>Whether the server does not take writes, so that another connection may lead to one that does.</summary>
    public static bool IsReadOnly(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    // Class 08 is about the connection, and 57P0x says that the server ends it.
    private static bool EndsConnection(PostgresException error) =>
        error.InvariantSeverity is "FATAL" or "PANIC"
        || error.SqlState.StartsWith("08", StringComparison.Ordinal)
        || error.SqlState.StartsWith("57P0", StringComparison.Ordinal);
}
