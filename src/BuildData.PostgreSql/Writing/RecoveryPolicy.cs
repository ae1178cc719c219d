using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Decides how the store recovers after a database error has ended a transaction of one or more updates.</summary>
internal static class RecoveryPolicy
{
    private const int MaxConflicts = 12;
    private const int MaxConnections = 5;

    // After this number of conflicts, the cause may be one update of the batch. So each update runs in its own transaction.
    private const int MaxConflictsTogether = 6;

    /// <summary>
    /// Returns whether the next transaction needs a new connection after an error. A new connection is also needed if the
    /// server has become read-only, because another server may now be the primary.
    /// </summary>
    public static bool MustReplaceConnection(Exception error) =>
        PostgreSqlErrors.IsConnectionLost(error) || PostgreSqlErrors.IsReadOnly(error) || error is StoreException;

    /// <summary>Decides whether the updates of a failed transaction run again.</summary>
    /// <param name="error">The error that ended the transaction.</param>
    /// <param name="attempt">Describes the failed attempt to run the transaction.</param>
    /// <param name="hadConnection">Whether the attempt had a connection. If false, the database could not be reached.</param>
    /// <param name="isConnected">Whether the connection is still open, as far as the driver knows.</param>
    /// <returns>
    /// <see cref="Recovery.RunAgain"/> to run the updates together again, <see cref="Recovery.RunSeparately"/> to run each
    /// update in its own transaction, or null to fail the updates with the error.
    /// </returns>
    public static Recovery? ChooseRecovery(Exception error, FailedAttempt attempt, bool hadConnection, bool isConnected)
    {
        if (!attempt.CanRunAgain)
            return null;

        bool isConflict = PostgreSqlErrors.IsConflict(error);
        bool isLost = PostgreSqlErrors.IsConnectionLost(error) || PostgreSqlErrors.IsReadOnly(error);

        // The writes of all updates were sent together, so it is unknown which update caused the error.
        if (attempt.Updates > 1 && isConnected && !isLost && (!isConflict || attempt.Number == MaxConflictsTogether))
            return Recovery.RunSeparately;

        // The connection may have been lost while it was idle. The next connection of the pool may be lost too. So try several.
        bool runsAgain = isConflict ? attempt.Number < MaxConflicts : MustReplaceConnection(error) && hadConnection && attempt.Number < MaxConnections;
        return runsAgain ? Recovery.RunAgain : null;
    }
}
