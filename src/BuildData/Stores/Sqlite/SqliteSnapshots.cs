using BuildData.Events;

namespace BuildData.Stores.Sqlite;

/// <summary>Takes snapshots that know the last event they include. <see cref="CommitState"/> explains how.</summary>
internal sealed class SqliteSnapshots(CommitState commits)
{
    /// <summary>Begins a snapshot on a reader's connection.</summary>
    /// <returns>The number of the last event that the snapshot includes.</returns>
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

    /// <summary>Begins a snapshot beside a commit. Returns null, with no snapshot, if the commit has ended meanwhile.</summary>
    private async ValueTask<long?> TryBegin(SqliteReadSession reader, CommitState.Commit commit, CancellationToken cancellationToken)
    {
        reader.BeginSnapshotNow();
        bool isKnown = false;
        try
        {
            // After another commit the snapshot might include that one too.
            if (!commits.IsInProgress(commit))
                return null;

            EventTableRange range = await EventTable.Range(reader, cancellationToken).ConfigureAwait(false);
            isKnown = true;
            return range.Last >= commit.After ? commit.After : commit.Before;
        }
        finally
        {
            if (!isKnown)
                await reader.EndSnapshot().ConfigureAwait(false);
        }
    }
}
