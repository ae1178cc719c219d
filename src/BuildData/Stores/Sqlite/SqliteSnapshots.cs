using BuildData.Events;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Begins snapshots and returns the sequence number of the last event that each includes. <see cref="CommitState"/> explains how.
/// </summary>
internal sealed class SqliteSnapshots(CommitState commits)
{
    /// <summary>Begins a snapshot on a reader's connection.</summary>
    /// <returns>The sequence number of the last event that the snapshot includes.</returns>
    public async ValueTask<long> Begin(SqliteReadSession reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (commits.TryBeginSnapshot(reader, out long sequence) is not { } commit)
                return sequence;
            if (commit.ChangesPosition && await TryBegin(reader, commit, cancellationToken).ConfigureAwait(false) is { } known)
                return known;

            await commits.WaitForEnd(commit).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a snapshot during a commit.</summary>
    /// <returns>
    /// The sequence number of the last event that the snapshot includes; null if the commit ended meanwhile. Then no snapshot has begun.
    /// </returns>
    private async ValueTask<long?> TryBegin(SqliteReadSession reader, CommitState.Commit commit, CancellationToken cancellationToken)
    {
        reader.BeginSnapshotNow();
        bool isKnown = false;
        try
        {
            // If the commit has ended, other commits may have followed it, and the snapshot might include them.
            if (!commits.IsInProgress(commit))
                return null;

            KeptEventRange range = await EventTable.ReadRange(reader, cancellationToken).ConfigureAwait(false);
            isKnown = true;
            return range.LastAssigned >= commit.After ? commit.After : commit.Before;
        }
        finally
        {
            if (!isKnown)
                await reader.EndSnapshot().ConfigureAwait(false);
        }
    }
}
