namespace BuildData.Stores.Sqlite;

/// <summary>
/// Records whether a commit is in progress, and the sequence number of the last committed event. Thread-safe, except
/// <see cref="WasLastCommitSlow"/>.
/// </summary>
/// <remarks>
/// <para>Terms: the writer is the only connection that commits. A reader is a connection that reads from a snapshot. A sequence number
/// is the number of an event. Events have ascending numbers in the order of commits.</para>
/// <para>Problem: a reader must determine the last event that its snapshot includes. But a reader should not wait for a commit, because a
/// commit waits for the disk.</para>
/// <para>Between two commits, the last sequence number is known. A reader calls <see cref="TryBeginSnapshot"/>. This method
/// begins the snapshot while it holds the lock of this class. This takes a few microseconds, and no commit can begin during this time.</para>
/// <para>The writer calls <see cref="RecordCommitStart"/> before each commit, and <see cref="RecordCommitEnd"/> after each commit. The
/// writer does not hold the lock during the commit.</para>
/// <para>During a commit, SQLite does not report when readers begin to see the commit. So a reader begins its snapshot, and then reads the
/// last stored sequence number from the snapshot. This number shows whether the snapshot includes the commit. The class
/// <see cref="SqliteSnapshotStarter"/> contains this code.</para>
/// <para>If events are kept, each commit stores its events with their sequence numbers. If events are not kept, storing the last sequence
/// number makes a commit larger. So a commit stores the number only if the previous commit was slow (<see cref="WasLastCommitSlow"/>).
/// If a commit does not store the number, a reader waits for the end of the commit (<see cref="WaitForEnd"/>). The wait blocks no
/// thread.</para>
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
    /// Gets whether the last commit took longer than a millisecond. If true, the next commit stores its last sequence number, so that no
    /// reader waits for this commit. Only the writer may use this property.
    /// </summary>
    public bool WasLastCommitSlow { get; private set; }

    /// <summary>Sets the sequence number of the last committed event. The writer calls this method when no commit is in progress.</summary>
    public void SetLastSequence(long sequence)
    {
        lock (_lock)
            _lastSequence = sequence;
    }

    /// <summary>Records that a commit begins. The writer calls this method right before the commit.</summary>
    /// <param name="eventCount">The number of events in the transaction.</param>
    /// <param name="storesSequence">Whether the transaction stores the sequence number of its last event in the database.</param>
    public void RecordCommitStart(int eventCount, bool storesSequence)
    {
        lock (_lock)
        {
            _current = new CommitInProgress(++_commitCount, _lastSequence, _lastSequence + eventCount, storesSequence || eventCount == 0);
            _isCommitting = true;
        }
    }

    /// <summary>Records that the commit in progress has ended. The writer calls this method right after the commit.</summary>
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
    /// <param name="reader">The connection that begins the snapshot.</param>
    /// <param name="lastSequence">
    /// The sequence number of the last committed event. If this method has begun the snapshot, the snapshot includes this event and no
    /// later one.
    /// </param>
    /// <returns>The commit in progress; null if this method has begun the snapshot.</returns>
    public CommitInProgress? TryBeginSnapshot(SqliteReadSession reader, out long lastSequence)
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

    /// <summary>Returns whether a commit is still in progress.</summary>
    /// <param name="commit">A commit that <see cref="TryBeginSnapshot"/> has returned.</param>
    public bool IsInProgress(CommitInProgress commit)
    {
        lock (_lock)
            return _isCommitting && _commitCount == commit.Number;
    }

    /// <summary>Returns a task that completes when the commit has ended, successfully or not.</summary>
    /// <param name="commit">A commit that <see cref="TryBeginSnapshot"/> has returned.</param>
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
    /// <param name="Number">The number of the commit. The first commit of the open store has the number 1.</param>
    /// <param name="SequenceBefore">The sequence number of the last event before the commit.</param>
    /// <param name="SequenceAfter">The sequence number of the last event after the commit, if the commit succeeds.</param>
    /// <param name="StoresSequence">
    /// Whether a reader may begin a snapshot during the commit. True if the commit stores its last sequence number, or has no events.
    /// Otherwise the reader could not determine the last event of the snapshot.
    /// </param>
    internal readonly record struct CommitInProgress(long Number, long SequenceBefore, long SequenceAfter, bool StoresSequence);
}
