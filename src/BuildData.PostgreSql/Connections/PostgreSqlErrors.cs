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

    /// <summary>Returns whether a transaction failed for a reason that may be gone at the next attempt.</summary>
    /// <remarks>
    /// <para>These are the reasons:</para>
    /// <list type="bullet">
    /// <item>another transaction caused a deadlock,</item>
    /// <item>another session changed rows that the transaction relied on,</item>
    /// <item>another session added the same name first,</item>
    /// <item>
    /// the session has lost its prepared statements, which the error code of an invalid statement name means.
    /// </item>
    /// </list>
    /// <para>
    /// A division by zero is the error of the statement that <c>CommitStatements.LockAndCheckVersions</c> returns. This error
    /// means that rows have changed.
    /// </para>
    /// </remarks>
    public static bool IsConflict(Exception error) => error is StaleRowsException or PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.InvalidSqlStatementName
            or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation or PostgresErrorCodes.DivisionByZero,
    };

    /// <summary>Returns whether a statement failed because a row with the same unique name or key exists.</summary>
    public static bool IsUniqueViolation(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation };

    /// <summary>Returns whether a statement failed because another session has locked a whole table.</summary>
    public static bool IsTableLocked(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>Returns whether an error means that the server did not answer in time.</summary>
    public static bool IsTimeout(Exception error) => error is TimeoutException or { InnerException: TimeoutException };

    /// <summary>Returns whether an error means that the connection is lost.</summary>
    public static bool IsConnectionLost(Exception error) => error is PostgresException refused ? EndsConnection(refused) : IsDatabaseError(error) && !IsConflict(error);

    /// <summary>
    /// Returns whether an error means that the server accepts no writes. A new connection may lead to another server, which
    /// accepts them.
    /// </summary>
    public static bool IsReadOnly(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };

    // Class 08 is about connections. With 57P0x, the server reports that it ends this one.
    private static bool EndsConnection(PostgresException error) =>
        error.InvariantSeverity is "FATAL" or "PANIC"
        || error.SqlState.StartsWith("08", StringComparison.Ordinal)
        || error.SqlState.StartsWith("57P0", StringComparison.Ordinal);
}
