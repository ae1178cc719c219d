using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace BuildData.Stores.Sqlite;

/// <summary>Keeps the write-ahead log near its size limit, however many readers there are.</summary>
/// <remarks>
/// <para>SQLite copies the log into the database file while updates are written. But it can restart the log from the beginning only
/// at a moment when nobody reads from it. If reads overlap all the time, no such moment comes, and the log grows without bound. So
/// above the limit this class closes the read gate: new reads wait, and updates continue. When the current reads have ended, the
/// writer empties the log and reopens the gate.</para>
/// <para>States: <em>idle</em>; <em>waiting</em>, while the gate is closed and reads are still running; <em>ready</em>, from the end of
/// the last read until the writer empties the log. The last reader signals the writer's thread.</para>
/// <para>A long read can delay the ready state. After a time limit the writer reopens the gate, and tries again when the log has grown
/// further. The time limit doubles with each attempt, from 250 ms to 30 s. So short reads rarely wait long for a long read, and the
/// log stays bounded.</para>
/// <para>A transaction of the host ends an attempt. The host's code may read, and the read would wait for the writer, which waits for
/// the host's code.</para>
/// <para>Only the owner of the writer may call these methods. <see cref="OnEmpty"/> is the exception: the last reader calls it.</para>
/// </remarks>
internal sealed class WalSizeLimit(SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context) : IDisposable
{
    private static readonly TimeSpan InitialTimeLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxTimeLimit = TimeSpan.FromSeconds(30);

    // Below the limit of the options, because the log grows while current reads end, and its size is not checked after each commit.
    private readonly long _limit = file.Options.LogSizeLimit / 8 * 7;
    private SafeFileHandle? _log;
    private long _threshold = file.Options.LogSizeLimit / 8 * 7;
    private TimeSpan _timeLimit = InitialTimeLimit;
    private long _attemptStart;
    private long _bytesAtLastCheck;
    private bool _hasWarned;

    // The current attempt, and the last attempt whose reads have all ended. The state is ready when both are the same: the end of
    // the reads of an earlier attempt doesn't count.
    private volatile Attempt? _attempt;
    private volatile Attempt? _ready;

    /// <summary>Gets the function that signals the writer's thread.</summary>
    public required Action WakeWriter { get; init; }

    /// <summary>Gets whether new reads wait at the gate.</summary>
    public bool IsAttempting => _attempt is not null;

    /// <summary>Gets whether all reads have ended, so that the writer must call <see cref="Continue"/>.</summary>
    public bool IsReady => _attempt is { } attempt && attempt == _ready;

    /// <summary>Gets the time until the writer's thread must call <see cref="Continue"/>; null if no attempt is running.</summary>
    public TimeSpan? TimeUntilContinue => !IsAttempting ? null : IsReady || Remaining < TimeSpan.Zero ? TimeSpan.Zero : Remaining;

    private TimeSpan Remaining => _timeLimit - Stopwatch.GetElapsedTime(_attemptStart);

    /// <summary>Checks the size of the log after a commit, and begins an attempt if the log is too large.</summary>
    public void AfterCommit()
    {
        // Reading the size of a file makes its next flush slower. So the size is read only once for many commits.
        long written = session.LogBytes();
        if (IsAttempting || Math.Abs(written - _bytesAtLastCheck) < _limit / 16)
            return;

        _bytesAtLastCheck = written;
        long size = Size();
        if (size <= _limit)
            Reset();
        if (size <= _threshold)
            return;

        var attempt = new Attempt();
        _attempt = attempt;
        _attemptStart = Stopwatch.GetTimestamp();
        gate.Pause(() => OnEmpty(attempt));
        WakeWriter();
    }

    /// <summary>Empties the log if all reads have ended. Otherwise ends the attempt if its time limit has passed.</summary>
    public void Continue()
    {
        if (!IsAttempting)
            return;

        if (IsReady)
            TryTruncate();
        else if (Remaining <= TimeSpan.Zero)
            Postpone(isBlockedElsewhere: false);
    }

    /// <summary>Ends the current attempt, if there is one, and reopens the gate.</summary>
    public void Abandon()
    {
        if (IsAttempting)
            Release();
    }

    public void Dispose()
    {
        Abandon();
        _log?.Dispose();
        _log = null;
    }

    private void OnEmpty(Attempt attempt)
    {
        _ready = attempt;
        WakeWriter();
    }

    private void TryTruncate()
    {
        try
        {
            if (session.TryTruncateLog())
            {
                Reset();
                Release();
                return;
            }
        }
        catch (SqliteException error)
        {
            context.Telemetry.LogWalNotEmptied(file.Path, error);
        }

        Postpone(isBlockedElsewhere: true);
    }

    /// <summary>Ends the attempt. The next one begins when the log has grown by an eighth of its limit.</summary>
    private void Postpone(bool isBlockedElsewhere)
    {
        long size = Size();
        _threshold = size + (_limit / 8);
        _timeLimit = _timeLimit * 2 < MaxTimeLimit ? _timeLimit * 2 : MaxTimeLimit;
        if (isBlockedElsewhere && !_hasWarned)
        {
            _hasWarned = true;
            context.Telemetry.LogWalIsTooLarge(file.Path, size, file.Options.LogSizeLimit);
        }

        Release();
    }

    /// <summary>Forgets earlier attempts. Called when the log is below its limit: it was emptied here, or SQLite has restarted it.</summary>
    private void Reset()
    {
        _threshold = _limit;
        _timeLimit = InitialTimeLimit;
        _hasWarned = false;
    }

    private void Release()
    {
        _attempt = null;
        gate.Resume();
    }

    private long Size()
    {
        try
        {
            // The handle is kept open, because reading the size by name costs much more.
            _log ??= File.OpenHandle(file.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.GetLength(_log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The update is committed and must not fail for this. A later commit reads the size again.
            return 0;
        }
    }

    /// <summary>Identifies one attempt to empty the log.</summary>
    private sealed class Attempt;
}
