namespace BuildData.Stores.Sqlite;

/// <summary>
/// Records whether a commit is in progress, and the sequence number of the last committed event. Thread-safe, except
/// <see cref="WasLastCommitSlow"/>.
/// </summary>
/// <remarks>
/// <para>Purpose: a reader must know the last event that its snapshot includes. But it should not wait for a commit that is being
/// flushed to the disk.</para>
/// <para>Between two commits, the last sequence number is known. A reader begins its snapshot while it holds the lock of this class
/// (<see cref="BeginSnapshotUnlessCommitting"/>). This takes a few microseconds. No commit can begin during that time.</para>
/// <para>The writer calls <see cref="RecordCommitStart"/> before each commit, and <see cref="RecordCommitEnd"/> after the commit. It
/// does not hold the lock during the commit, because a commit may take long.</para>
/// <para>During a commit, SQLite does not report when the commit becomes visible to readers. A reader begins its snapshot, and reads
/// the last stored sequence number from the snapshot. This number shows whether the snapshot includes the commit.
/// <see cref="SqliteSnapshotStarter"/> does this.</para>
/// <para>Not every commit stores its last sequence number, because this costs the commit one page. If events are kept, the number is
/// always stored, with the events. If events are not kept, the number is stored only if the previous commit was slow
/// (<see cref="WasLastCommitSlow"/>). If a commit does not store the number, a reader waits for the end of the commit
/// (<see cref="WaitForEnd"/>). The wait blocks no thread.</para>
/// </remarks>
internal sealed class CommitTracker
{
    private readonly Lock _lock = new();
    private long _lastSequence;
    private long _commitCount;
    private bool _isCommitting;
    private CommitInProgress _current;
    private TaskCompletionSource? _ended;

    /// <summary>
    /// Gets whether the last commit took longer than a millisecond. If so, readers should not have to wait for the next commit. Only the
    /// writer may use this property.
    /// </summary>
    public bool WasLastCommitSlow { get; private set; }

    /// <summary>Sets the sequence number of the last committed event. Called when no commit is in progress.</summary>
    public void SetLastSequence(long sequence)
    {
        lock (_lock)
            _lastSequence = sequence;
    }

    /// <summary>Records that a commit is about to begin. Called by the writer.</summary>
    /// <param name="eventCount">The number of events in the transaction.</param>
    /// <param name="storesSequence">Whether the transaction stores the sequence number of its last event.</param>
    public void RecordCommitStart(int eventCount, bool storesSequence)
    {
        lock (_lock)
        {
            _current = new CommitInProgress(++_commitCount, _lastSequence, _lastSequence + eventCount, storesSequence || eventCount == 0);
            _isCommitting = true;
        }
    }

    /// <summary>Records that the commit in progress has ended. Called by the writer.</summary>
    /// <param name="succeeded">Whether the commit has succeeded.</param>
    /// <param name="duration">The duration of the commit.</param>
    public void RecordCommitEnd(bool succeeded, TimeSpan duration)
    {
        WasLastCommitSlow = duration > TimeSpan.FromMilliseconds(1);
        TaskCompletionSource? ended;
        lock (_lock)
        {
            _isCommitting = false;
            if (succeeded)
                _lastSequence = _current.SequenceAfter;
            (ended, _ended) = (_ended, null);
        }

        ended?.TrySetResult();
    }

    /// <summary>Begins a snapshot, unless a commit is in progress.</summary>
    /// <param name="reader">The reader's connection.</param>
    /// <param name="lastSequence">
    /// The sequence number of the last committed event. If a snapshot has begun, it is the last event that the snapshot includes.
    /// </param>
    /// <returns>The commit in progress; null if the snapshot has begun.</returns>
    public CommitInProgress? BeginSnapshotUnlessCommitting(SqliteReadSession reader, out long lastSequence)
    {
        lock (_lock)
        {
            lastSequence = _lastSequence;
            if (_isCommitting)
                return _current;

            reader.BeginSnapshotNow();
            return null;
        }
    }

    /// <summary>Returns whether a commit that was in progress is still in progress.</summary>
    public bool IsInProgress(CommitInProgress commit)
    {
        lock (_lock)
            return _isCommitting && _commitCount == commit.Number;
    }

    /// <summary>Returns a task that completes when a commit has ended, successfully or not.</summary>
    public Task WaitForEnd(CommitInProgress commit)
    {
        lock (_lock)
        {
            if (!_isCommitting || _commitCount != commit.Number)
                return Task.CompletedTask;

            _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _ended.Task;
        }
    }

    /// <summary>Represents a commit in progress.</summary>
    /// <param name="Number">The number of the commit, counted from the opening of the store.</param>
    /// <param name="SequenceBefore">The sequence number of the last event before the commit.</param>
    /// <param name="SequenceAfter">The sequence number of the last event after the commit, if the commit succeeds.</param>
    /// <param name="AllowsSnapshot">
    /// Whether the last event of a snapshot that begins during the commit can be determined. This is so if the commit stores the
    /// sequence number of its last event, or if it has no events.
    /// </param>
    internal readonly record struct CommitInProgress(long Number, long SequenceBefore, long SequenceAfter, bool AllowsSnapshot);
}
