using BuildData.PostgreSql.Connections;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Sends the unsent writes of a transaction, the events of the transaction and COMMIT to the server, all in one message.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is a number from a PostgreSQL sequence. Each ticket reserves 1,024 event numbers for the transaction that draws it.
/// </para>
/// <para>The message contains, in this order:</para>
/// <list type="bullet">
/// <item>statements that lock the cached rows that the transaction has used, and that check the versions of these rows,</item>
/// <item>the unsent writes,</item>
/// <item>a statement that draws tickets and inserts the events,</item>
/// <item>COMMIT.</item>
/// </list>
/// <para>
/// Between the ticket and the commit, no process can publish events with higher numbers. This time is short, because the server already has
/// the whole message when the server draws the ticket.
/// </para>
/// </remarks>
/// <param name="session">The session that runs the transactions. It needs another sender when it gets another connection.</param>
/// <param name="identity">The id and the epoch of this process's master.</param>
internal sealed class CommitSender(PostgreSqlSession session, MasterIdentity identity)
{
    // One for each text of an update.
    private readonly Dictionary<string, OneStatementTransaction> _oneStatementTransactions = new(StringComparer.Ordinal);

    /// <summary>Sends the unsent writes, the events and COMMIT, and reads the server's answer.</summary>
    /// <param name="events">The events of the transaction; at least one.</param>
    /// <param name="transactionTime">The time of the transaction, in microseconds since 1970.</param>
    /// <param name="rowsToVerify">
    /// The cached rows that the transaction has used, with their cached versions. If a row has another version in the database, the
    /// transaction writes nothing.
    /// </param>
    /// <param name="locksTables">Whether the transaction begins with a statement that locks its tables.</param>
    /// <returns>
    /// The tickets of the transaction, and the version of the rows that the transaction wrote. If there are no tickets, the
    /// transaction wrote nothing, because the only row that it updates had another version.
    /// </returns>
    public async ValueTask<CommitResultSink> SendWritesAndCommit(IReadOnlyList<StoredEvent> events, long transactionTime, IReadOnlyList<RowVersions> rowsToVerify, bool locksTables)
    {
        var result = new CommitResultSink();
        if (!locksTables && FitsOneStatement(events, rowsToVerify))
        {
            // One statement updates the row and inserts the event. A statement outside BEGIN and COMMIT is a transaction by itself.
            UnsentStatement update = session.Unsent[0];
            NpgsqlBatchCommand command = GetOrCreateTransaction(update).SetValues(update.Values, rowsToVerify[0].Versions[0], events[0], transactionTime, identity);
            session.Unsent.Clear();
            session.Unsent.Add(command);
            await session.SendAndRead(result).ConfigureAwait(false);
            return result;
        }

        // Verify the versions before the writes, because each write changes the version of its row.
        session.Unsent.AddFirst(rowsToVerify.Select(CommitStatements.LockAndCheckVersions));

        // If tables are locked first, the transaction needs BEGIN. Otherwise the server runs the statements of one message as one
        // transaction, without BEGIN and COMMIT.
        if (locksTables)
            session.Unsent.AddBegin();
        session.Unsent.Add(CommitStatements.DrawTicketsAndInsertEvents(events, transactionTime, identity));
        if (session.Unsent.HasAddedBegin)
            session.Unsent.Add("COMMIT");
        await session.SendAndRead([.. rowsToVerify.Select(_ => new DiscardingSink()), result]).ConfigureAwait(false);
        return result;
    }

    private OneStatementTransaction GetOrCreateTransaction(UnsentStatement update)
    {
        if (!_oneStatementTransactions.TryGetValue(update.Text, out OneStatementTransaction? transaction) || !transaction.CanHold(update.Values))
            _oneStatementTransactions[update.Text] = transaction = new OneStatementTransaction(update);
        return transaction;
    }

    /// <summary>
    /// Returns whether the transaction can be a <see cref="OneStatementTransaction"/>. The transaction must consist of one event and one
    /// UPDATE. The row of the UPDATE must be the only cached row that the transaction used.
    /// </summary>
    private bool FitsOneStatement(IReadOnlyList<StoredEvent> events, IReadOnlyList<RowVersions> rowsToVerify) =>
        !session.Unsent.HasAddedBegin && events.Count == 1
        && session.Unsent is [{ Values: [{ Kind: SqlValueKind.Number } key, ..] } write]
        && rowsToVerify is [{ Ids: [var id], Table: var table }]
        && key.Number == id
        && write.Text.StartsWith($"UPDATE {table} ", StringComparison.Ordinal);
}
