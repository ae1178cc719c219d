using BuildData.PostgreSql.Connections;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>Sends the commit of a transaction with events as one message.</summary>
/// <remarks>
/// <para>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events.
/// </para>
/// <para>The message has these statements:</para>
/// <list type="bullet">
/// <item>the statements that verify the versions of cached rows,</item>
/// <item>the writes,</item>
/// <item>the statement that draws the tickets and stores the events,</item>
/// <item>COMMIT.</item>
/// </list>
/// <para>
/// Readers of events in all processes wait while a ticket is drawn but not yet committed. This time is short: the server has
/// received the whole message before it draws a ticket. Therefore it does not wait for this process before the commit.
/// </para>
/// </remarks>
/// <param name="session">The session of the transaction.</param>
/// <param name="identity">This process's master.</param>
internal sealed class CommitSender(PostgreSqlSession session, MasterIdentity identity)
{
    private readonly OneStatementTransactionBuilder _oneStatementTransactions = new();

    /// <summary>Sends the message, and reads the server's answer.</summary>
    /// <param name="events">The events of the transaction; at least one.</param>
    /// <param name="transactionTime">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="rowsToVerify">The cached rows on whose versions the transaction relies.</param>
    /// <param name="locksTables">Whether the transaction first locks its tables.</param>
    /// <returns>
    /// The tickets of the transaction, and the version of the rows that it has written. If there are no tickets, nothing was
    /// written, because the row of a single update had another version.
    /// </returns>
    public async ValueTask<CommitResultSink> SendWritesAndCommit(IReadOnlyList<StoredEvent> events, long transactionTime, IReadOnlyList<RowVersions> rowsToVerify, bool locksTables)
    {
        var result = new CommitResultSink();
        if (!locksTables && FitsOneStatement(events, rowsToVerify))
        {
            // A single update of a cached row is sent as one statement, which is a transaction by itself.
            NpgsqlBatchCommand single = _oneStatementTransactions.Build(session.Unsent[0], rowsToVerify[0].Versions[0], events[0], transactionTime, identity);
            session.Unsent.Clear();
            session.Unsent.Add(single);
            await session.SendAndRead([result]).ConfigureAwait(false);
            return result;
        }

        // Versions must be verified before the writes, which change them.
        session.Unsent.AddFirst(rowsToVerify.Select(CommitStatements.LockAndCheckVersions));

        // If tables are locked first, the transaction needs BEGIN. Otherwise the server runs the statements of one message as one
        // transaction, without BEGIN and COMMIT.
        if (locksTables)
            session.Unsent.AddBegin();
        session.Unsent.Add(CommitStatements.DrawTicketsAndInsertEvents(events, transactionTime, identity));
        if (session.Unsent.HasBegun)
            session.Unsent.Add("COMMIT");
        await session.SendAndRead([.. rowsToVerify.Select(_ => new DiscardingSink()), result]).ConfigureAwait(false);
        return result;
    }

    /// <summary>
    /// Returns whether the transaction has one event and only updates one row, the cached row on whose version it relies.
    /// </summary>
    private bool FitsOneStatement(IReadOnlyList<StoredEvent> events, IReadOnlyList<RowVersions> rowsToVerify) =>
        !session.Unsent.HasBegun && events.Count == 1
        && session.Unsent is [{ } write]
        && rowsToVerify is [{ Ids: [var id], Table: var table }]
        && write.CommandText.StartsWith($"UPDATE {table} ", StringComparison.Ordinal)
        && write.Parameters[0] is NpgsqlParameter<long> key && key.TypedValue == id;
}
