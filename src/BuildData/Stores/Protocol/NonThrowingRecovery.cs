namespace BuildData.Stores.Protocol;

/// <summary>Calls <see cref="StoreConnection.Recover"/>, and never throws.</summary>
internal static class NonThrowingRecovery
{
    /// <summary>
    /// Calls <see cref="StoreConnection.Recover"/>, which ends a failed transaction. If that method throws, returns a recovery that makes
    /// the updates of the transaction fail.
    /// </summary>
    public static async ValueTask<Recovery> Recover(StoreConnection connection, Exception error, FailedAttempt attempt)
    {
        try
        {
            return await connection.Recover(error, attempt).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Otherwise the callers of the updates would wait for ever.
        catch (Exception second)
#pragma warning restore CA1031
        {
            return Recovery.Fail(new StoreException($"A transaction failed, and the store could not end it: {error.Message}", new AggregateException(error, second)));
        }
    }
}
