using BuildData.PostgreSql.Connections;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>Sends the commit of a transaction with events as one message.</summary>
/// <remarks>
/// The message has the statements that verify cached rows, the writes, the statement that draws the tickets and stores the events, and
/// COMMIT. All readers of events wait for a ticket that is drawn and not yet committed. Because the server has the whole message
/// before it draws a ticket, it never waits for this process between the two.
/// </remarks>
/// <param name="session">The session.</param>
/// <param name="identity">This process's master.</param>
internal sealed class CommitMessage(PostgreSqlSession session, MasterIdentity identity)
{
    private readonly SingleUpdateStatements _singleUpdates = new();

    /// <summary>Sends the message, and reads the server's answer.</summary>
    /// <param name="events">The events of the transaction; at least one.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="unverified">The rows from the cache whose versions the transaction relies on.</param>
    /// <param name="locksTables">Whether the transaction locks its tables first.</param>
    /// <returns>The tickets of the events, and the version of the rows that the transaction has written. No tickets if a row had another version.</returns>
    public async ValueTask<CommitResultSink> Send(IReadOnlyList<StoredEvent> events, long at, IReadOnlyList<RowVersions> unverified, bool locksTables)
    {
        var result = new CommitResultSink();
        if (!locksTables && IsSingleUpdate(events, unverified))
        {
            // A single update of a cached row is sent as one statement, which is a transaction by itself.
            NpgsqlBatchCommand single = _singleUpdates.Build(session.Unsent[0], unverified[0].Versions[0], events[0], at, identity);
            session.Unsent.Clear();
            session.Unsent.Add(single);
            await session.SendAndRead([result]).ConfigureAwait(false);
            return result;
        }

        // Versions must be verified before the writes, which change them.
        session.Unsent.AddFirst(unverified.Select(CommitStatements.Verify));

        // If tables are locked first, the transaction needs BEGIN. Otherwise the server runs the statements of one message as one
        // transaction, without BEGIN and COMMIT.
        if (locksTables)
            session.Unsent.AddBegin();
        session.Unsent.Add(CommitStatements.AppendEvents(events, at, identity));
        if (session.Unsent.HasBegun)
            session.Unsent.Add("COMMIT");
        await session.SendAndRead([.. unverified.Select(_ => new DiscardingSink()), result]).ConfigureAwait(false);
        return result;
    }

    /// <summary>Returns whether the transaction is one update of the one cached row that it relies on, with one event.</summary>
    private bool IsSingleUpdate(IReadOnlyList<StoredEvent> events, IReadOnlyList<RowVersions> unverified) =>
        !session.Unsent.HasBegun && events.Count == 1
        && session.Unsent is [{ } write]
        && unverified is [{ Ids: [var id], Table: var table }]
        && write.CommandText.StartsWith($"UPDATE {table} ", StringComparison.Ordinal)
        && write.Parameters[0] is NpgsqlParameter<long> key && key.TypedValue == id;
}
