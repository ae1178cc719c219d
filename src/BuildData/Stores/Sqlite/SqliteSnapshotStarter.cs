using BuildData.Events;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Begins snapshots of the database, and determines the last event that each snapshot includes. Thread-safe.
/// </summary>
/// <remarks>The documentation of <see cref="CommitTracker"/> explains how a snapshot begins while a commit is in progress.</remarks>
internal sealed class SqliteSnapshotStarter(CommitTracker commitTracker)
{
    /// <summary>Begins a snapshot on a connection. May wait until a commit has ended.</summary>
    /// <returns>The sequence number of the last event that the snapshot includes.</returns>
    public async ValueTask<long> Begin(SqliteReadSession reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (commitTracker.TryBeginSnapshot(reader, out long sequence) is not { } commit)
                return sequence;
            if (commit.StoresSequence && await TryBeginDuring(reader, commit, cancellationToken).ConfigureAwait(false) is { } known)
                return known;

            await commitTracker.WaitForEnd(commit).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Begins a snapshot while a commit is in progress. If the commit has ended in the meantime, ends the snapshot again and returns null.
    /// </summary>
    /// <returns>The sequence number of the last event that the snapshot includes; null if there is no snapshot.</returns>
    private async ValueTask<long?> TryBeginDuring(SqliteReadSession reader, CommitTracker.CommitInProgress commit, CancellationToken cancellationToken)
    {
        reader.BeginSnapshotNow();
        bool isKnown = false;
        try
        {
            // If the commit has ended, other commits may have followed it, and the snapshot might include them.
            if (!commitTracker.IsInProgress(commit))
                return null;

            KeptEventRange range = await EventTable.ReadRange(reader, cancellationToken).ConfigureAwait(false);
            isKnown = true;
            return range.LastAssignedSequence >= commit.SequenceAfter ? commit.SequenceAfter : commit.SequenceBefore;
        }
        finally
        {
            if (!isKnown)
                await reader.EndSnapshot().ConfigureAwait(false);
        }
    }
}
