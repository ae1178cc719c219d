using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>Finds public events in the table of events.</summary>
internal static class PublicEvents
{
    /// <summary>The position of the last public event.</summary>
    /// <param name="session">The session.</param>
    /// <param name="catalog">The resource types.</param>
    /// <param name="upTo">The sequence number to look up to.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>Null if none is kept.</returns>
    public static async ValueTask<EventCursor?> Last(ReadSession session, ResourceCatalog catalog, long upTo, CancellationToken cancellationToken)
    {
        // Few events are not public, so the first one that is looked at is the answer almost always.
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT sequence AS Sequence, at AS At FROM events WHERE sequence <= {upTo} AND (");
        foreach (ResourceDefinition type in catalog.All.Where(type => type.EventNames.Count > 0))
        {
            sql.Append($"(kind = {type.Kind} AND name IN (");
            foreach (string name in type.EventNames)
                sql.Append($"{name}, ");
            sql.TrimEnd(2).Append(")) OR ");
        }

        sql.TrimEnd(4).Append(") ORDER BY sequence DESC LIMIT 1");
        List<StoredEvent> last = await session.Rows<StoredEvent>(sql, cancellationToken).ConfigureAwait(false);
        return last.Count == 0 ? null : last[0].Cursor;
    }

    /// <summary>
    /// The position of the last public event, or the one where the log begins if no public event is kept. All events after it
    /// are kept, so a subscription can resume from it.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="args">The resource types, and the sequence number to look up to.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<EventCursor> LastOrBeginning(ReadSession session, (ResourceCatalog Catalog, long UpTo) args, CancellationToken cancellationToken)
    {
        if (await Last(session, args.Catalog, args.UpTo, cancellationToken).ConfigureAwait(false) is { } last)
            return last;

        EventTableRange range = await EventTable.Range(session, cancellationToken).ConfigureAwait(false);
        return Math.Min(range.Earliest, args.UpTo);
    }
}
