namespace BuildData.Stores.Protocol;

/// <summary>Runs an update inside a savepoint. If the update fails, only the changes of this update are undone.</summary>
internal static class SavepointUpdateRunner
{
    private const int MaxAttempts = 3;

    /// <summary>Runs an update. If the update conflicts with a change of another transaction, runs the update again.</summary>
    /// <returns>
    /// The error that prevents the transaction from continuing; null if the transaction can continue. Even if the result is null, the
    /// update may have failed. The error of the update is in <see cref="StoreRequest.Error"/>.
    /// </returns>
    public static async ValueTask<Exception?> RunWithRetries(StoreConnection connection, StoreUpdate update)
    {
        for (int attempt = 1; ; attempt++)
        {
            int events = connection.UpdateContext.EventCount;
            Exception? error = await TryRun(connection, update).ConfigureAwait(false);
            if (error is null)
                return null;

            update.Fail(connection.Wrap(error));
            connection.UpdateContext.OnRolledBack(events);
            if (await RollBack(connection).ConfigureAwait(false) is { } loss)
                return loss;
            if (attempt == MaxAttempts || !connection.IsConflict(error))
                return null;
        }
    }

    /// <summary>Runs an update inside a savepoint.</summary>
    /// <returns>The error of the update; null if the update succeeded.</returns>
    private static async ValueTask<Exception?> TryRun(StoreConnection connection, StoreUpdate update)
    {
        try
        {
            await connection.BeginSavepoint().ConfigureAwait(false);
            await update.Run(connection.UpdateContext).ConfigureAwait(false);
            if (update.Error is not null)
                return update.Error;

            await connection.ReleaseSavepoint().ConfigureAwait(false);
            return null;
        }
        catch (Exception error) when (connection.IsDatabaseError(error))
        {
            return error;
        }
    }

    /// <summary>Undoes the changes of an update that has failed.</summary>
    /// <returns>The error that prevents the transaction from continuing; null if the transaction can continue.</returns>
    private static async ValueTask<Exception?> RollBack(StoreConnection connection)
    {
        try
        {
            await connection.RollbackToSavepoint().ConfigureAwait(false);
            return null;
        }
        catch (Exception loss) when (connection.IsDatabaseError(loss) || loss is StoreException)
        {
            return connection.Wrap(loss);
        }
    }
}
