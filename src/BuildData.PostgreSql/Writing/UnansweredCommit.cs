using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Represents a commit that this process has sent to the server, and that the server has not answered.</summary>
/// <param name="Events">The events of the transaction.</param>
/// <param name="At">
/// The time of the transaction, in microseconds since 1970. No other transaction of this process has the same time.
/// </param>
/// <param name="SequenceBefore">
/// The sequence number of the last event that was published before the commit was sent. All events of the transaction have
/// higher numbers.
/// </param>
/// <param name="ProcessId">The id of the PostgreSQL server process that received the commit.</param>
internal sealed record UnansweredCommit(IReadOnlyList<StoredEvent> Events, long At, long SequenceBefore, int ProcessId);
