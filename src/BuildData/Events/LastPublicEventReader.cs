using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Finds the last public event in the table of events. All subscriptions can receive public events. Only watches receive other events.
/// </summary>
internal static class LastPublicEventReader
{
    /// <summary>
    /// Reads the cursor of the last public event up to a sequence number. A cursor is the sequence number and the time of an event.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="catalog">The resource types.</param>
    /// <param name="upTo">The highest sequence number to consider.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The cursor; null if the table contains no public event up to that number.</returns>
    public static async ValueTask<EventCursor?> Read(ReadSession session, ResourceCatalog catalog, long upTo, CancellationToken cancellationToken)
    {
        // Most events are public, so the query almost always ends after one row.
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT sequence AS Sequence, at AS At FROM events WHERE sequence <= {upTo} AND (");
        foreach (ResourceDefinition type in catalog.All.Where(type => type.PublicEventNames.Count > 0))
        {
            sql.Append($"(kind = {type.Kind} AND name IN (");
            foreach (string name in type.PublicEventNames)
                sql.Append($"{name}, ");
            sql.TrimEnd(2).Append(")) OR ");
        }

        sql.TrimEnd(4).Append(") ORDER BY sequence DESC LIMIT 1");
        List<StoredEvent> last = await session.Rows<StoredEvent>(sql, cancellationToken).ConfigureAwait(false);
        return last.Count == 0 ? null : last[0].Cursor;
    }

    /// <summary>
    /// Reads the cursor of the last public event up to a sequence number. If the table contains no public event up to that number, returns
    /// the earliest cursor after which a subscription can resume.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="args">The resource types, and the highest sequence number to consider.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<EventCursor> ReadOrEarliestResumable(ReadSession session, (ResourceCatalog Catalog, long UpTo) args, CancellationToken cancellationToken)
    {
        if (await Read(session, args.Catalog, args.UpTo, cancellationToken).ConfigureAwait(false) is { } last)
            return last;

        KeptEventRange range = await EventTable.ReadRange(session, cancellationToken).ConfigureAwait(false);
        return Math.Min(range.EarliestResumableSequence, args.UpTo);
    }
}
