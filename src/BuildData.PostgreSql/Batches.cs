using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>Runs batches of updates on one connection, one after the other.</summary>
/// <param name="site">Where they write.</param>
/// <param name="isApart">Whether they may wait for their rows as long as it takes.</param>
internal sealed class Batches(Site site, bool isApart) : IAsyncDisposable
{
    private const int MostAttempts = 12;
    private const int MostConnections = 3;

    private readonly WriteConnection _connection = new(site, isApart);

    /// <summary>Runs updates in one transaction, and completes them.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="hasRun">Completed when nothing but the commit is left to do.</param>
    /// <returns>The updates that wait for rows which others hold for long: they are not completed, and are to be run apart.</returns>
    public async Task<IReadOnlyList<StoreUpdate>> Run(StoreUpdate[] updates, TaskCompletionSource hasRun)
    {
        var blocked = new List<StoreUpdate>();
        try
        {
            await Run(updates, hasRun, blocked).ConfigureAwait(false);
        }
        finally
        {
            hasRun.TrySetResult();
            StoreRequest.CompleteAll(blocked.Count == 0 ? updates : [.. updates.Except(blocked)]);
        }

        return blocked;
    }

    /// <summary>Runs an update in a transaction of its own, however long it waits for its rows, and completes it.</summary>
    public async Task RunApart(StoreUpdate update)
    {
        try
        {
            await Run([update], null, null).ConfigureAwait(false);
        }
        finally
        {
            StoreRequest.CompleteAll([update]);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Runs updates in one transaction or, if one of them fails after it has written, each in its own.</summary>
    private async ValueTask Run(StoreUpdate[] updates, TaskCompletionSource? hasRun, List<StoreUpdate>? blocked)
    {
        Exception? failure = null;
        try
        {
            if (!await TryRun(updates, hasRun, blocked).ConfigureAwait(false) && updates.Length > 1)
            {
                foreach (StoreUpdate update in updates)
                    await Run([update], null, blocked).ConfigureAwait(false);
                return;
            }

            // What is blocked has its transaction when it is run apart.
            if (blocked?.Contains(updates[0]) == true)
                return;
        }
#pragma warning disable CA1031 // Whatever happened to the transaction is told to everyone in it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
            foreach (StoreUpdate update in updates)
            {
                // One that met the driver's error itself is told the same as the others.
                if (update.Error is null || Server.IsOurs(update.Error))
                    update.Fail(error);
            }

            await _connection.Rollback().ConfigureAwait(false);
        }

        site.Context.BatchEnded(updates.Length, failure);
    }

    /// <summary>False if the transaction was undone for one of several updates, or for one that is blocked.</summary>
    private async ValueTask<bool> TryRun(StoreUpdate[] updates, TaskCompletionSource? hasRun, List<StoreUpdate>? blocked)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await _connection.Begin(CancellationToken.None).ConfigureAwait(false);
                await _connection.Scope.Prefetch(updates).ConfigureAwait(false);
                foreach (StoreUpdate update in updates)
                {
                    if (await RunOne(update).ConfigureAwait(false))
                        continue;

                    await _connection.Rollback().ConfigureAwait(false);
                    return false;
                }

                hasRun?.TrySetResult();
                await _connection.Commit().ConfigureAwait(false);
                return true;
            }
            catch (Exception error) when (Server.IsOurs(error) || error is StoreException)
            {
                if (await Split(error, updates, blocked).ConfigureAwait(false))
                    return false;

                await Recover(error, attempt, updates.Length).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the updates are to be run one by one, or one is to be run apart.</summary>
    private async ValueTask<bool> Split(Exception error, StoreUpdate[] updates, List<StoreUpdate>? blocked)
    {
        if (Server.IsConflict(error) || Server.IsLoss(error) || !_connection.IsConnected)
            return false;

        // Writes go to the server together, so of several it can't be told whose was refused.
        bool isBlocked = updates.Length == 1 && blocked is not null && Server.IsBlocked(error);
        if (updates.Length == 1 && !isBlocked)
            return false;

        if (isBlocked)
            blocked!.Add(updates[0]);
        await _connection.Rollback().ConfigureAwait(false);
        return true;
    }

    /// <summary>Makes the connection ready for another attempt.</summary>
    /// <exception cref="StoreException">There is to be none.</exception>
    private async ValueTask Recover(Exception error, int attempt, int updates)
    {
        bool isLoss = Server.IsLoss(error);
        bool isConflict = Server.IsConflict(error);
        bool mayBeIn = _connection.MayBeIn(error);
        bool wasConnected = _connection.Session.Connection is not null;
        await _connection.Rollback(isLoss).ConfigureAwait(false);

        // A connection that was not used for some time may have been lost long before, and the next of the pool as well.
        if (isConflict ? attempt == MostAttempts : !isLoss || !wasConnected || mayBeIn || attempt == MostConnections)
            throw site.Server.Wrap(error, mayBeIn);

        if (isConflict)
        {
            Log.RunAgain(site.Context.Logger, updates, attempt, error.Message);
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt))).ConfigureAwait(false);
        }
    }

    /// <summary>False if the update failed and the transaction has to be undone for it.</summary>
    private async ValueTask<bool> RunOne(StoreUpdate update)
    {
        int announced = _connection.Scope.EventCount;
        long writes = _connection.Session.Writes;
        await update.Run(_connection.Scope).ConfigureAwait(false);
        if (update.Error is not { } error)
            return true;

        // The transaction is of no use then, whoever's fault it was.
        if (Server.IsOurs(error))
            throw error;

        _connection.Scope.Forget(announced);
        return _connection.Session.Writes == writes;
    }
}
