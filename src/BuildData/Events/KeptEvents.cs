using BuildData.Stores;

namespace BuildData.Events;

/// <summary>Reads the events that a store keeps.</summary>
internal sealed class KeptEvents(Func<CancellationToken, ValueTask> ensureOpen, Func<IStore> store)
{
    /// <summary>How many events are read at a time.</summary>
    public const int PageLength = 512;

    /// <summary>The first events after a sequence number, fewer than a page only if there are no more.</summary>
    /// <exception cref="CursorExpiredException">Not all events after it are kept.</exception>
    public async ValueTask<List<StoredEvent>> After(long after, CancellationToken cancellationToken)
    {
        await ensureOpen(cancellationToken).ConfigureAwait(false);
        return await store().Read(
            static async (session, after, token) =>
            {
                await session.BeginSnapshot(token).ConfigureAwait(false);
                try
                {
                    EventLogRange range = await EventLog.Range(session, token).ConfigureAwait(false);
                    if (after < range.Earliest || after > range.Last)
                        throw new CursorExpiredException(after, range.Earliest, range.Last);
                    return await EventLog.Read(session, after, PageLength, token).ConfigureAwait(false);
                }
                finally
                {
                    await session.EndSnapshot().ConfigureAwait(false);
                }
            },
            after,
            cancellationToken).ConfigureAwait(false);
    }
}
