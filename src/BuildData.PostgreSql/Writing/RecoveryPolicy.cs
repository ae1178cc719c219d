using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Decides how to continue after an error of the database has ended an attempt to run updates.</summary>
internal static class RecoveryPolicy
{
    private const int MaxConflicts = 12;
    private const int MaxConnections = 5;

    // After this number of conflicts, an update of the batch itself may be the cause, so each update runs separately.
    private const int MaxConflictsTogether = 6;

    /// <summary>
    /// Returns whether the connection must be replaced after an error. This includes a server that has become read-only:
    /// another one may have taken over.
    /// </summary>
    public static bool MustReplaceConnection(Exception error) =>
        PostgreSqlErrors.IsConnectionLost(error) || PostgreSqlErrors.IsReadOnly(error) || error is StoreException;

    /// <summary>Decides whether the updates of a failed attempt run again.</summary>
    /// <param name="error">The error that ended the attempt.</param>
    /// <param name="attempt">The attempt that has failed.</param>
    /// <param name="hadConnection">Whether the attempt had a connection. If not, the database can't be reached.</param>
    /// <param name="isConnected">Whether the connection is still open, as far as the driver knows.</param>
    /// <returns>
    /// <see cref="Recovery.RunAgain"/>, <see cref="Recovery.RunSeparately"/>, or null if the updates must not run again. In
    /// that case the caller completes them with the error.
    /// </returns>
    public static Recovery? ChooseRecovery(Exception error, FailedAttempt attempt, bool hadConnection, bool isConnected)
    {
        if (!attempt.CanRunAgain)
            return null;

        bool isConflict = PostgreSqlErrors.IsConflict(error);
        bool isLost = PostgreSqlErrors.IsConnectionLost(error) || PostgreSqlErrors.IsReadOnly(error);

        // The writes of all updates were sent together, so it is unknown whose statement the server refused.
        if (attempt.Updates > 1 && isConnected && !isLost && (!isConflict || attempt.Number == MaxConflictsTogether))
            return Recovery.RunSeparately;

        // A connection may have been lost while it was idle, and so may the next one of the pool. So losses are retried.
        bool runsAgain = isConflict ? attempt.Number < MaxConflicts : MustReplaceConnection(error) && hadConnection && attempt.Number < MaxConnections;
        return runsAgain ? Recovery.RunAgain : null;
    }
}
