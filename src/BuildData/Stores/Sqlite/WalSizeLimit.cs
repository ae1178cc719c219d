using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace BuildData.Stores.Sqlite;

/// <summary>Keeps the write-ahead log below its limit beside any number of readers.</summary>
/// <remarks>
/// <para>SQLite copies the log into the database file as it goes, but can begin it again from the start only at a moment when
/// nobody reads from it. Beside readers that overlap there is no such moment, and the log grows for ever. So above the limit the
/// gate of the readers is held: new reads wait, while updates continue. Once the reads under way have ended, the writer empties
/// the log and releases the gate.</para>
/// <para>States: <em>idle</em>; <em>waiting</em>, with the gate held, until the last reader leaves; <em>ready</em>, until the writer
/// comes to it. The last reader wakes the writer. If a long read keeps an attempt from becoming ready, the writer releases the gate
/// in the end, and tries again when the log has grown further, more patiently each time: so short reads never wait long for a long
/// one, and yet the log is bounded. A host's transaction abandons an attempt, because its function may read and would wait for
/// itself.</para>
/// <para>The writer calls every method but the last reader's <see cref="OnEmpty"/>.</para>
/// </remarks>
internal sealed class WalSizeLimit(SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context) : IDisposable
{
    private static readonly TimeSpan FirstPatience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(30);

    // Below the limit, because the log grows while the readers leave, and its size is looked at only now and then.
    private readonly long _limit = file.Options.LogSizeLimit / 8 * 7;
    private SafeFileHandle? _log;
    private long _threshold = file.Options.LogSizeLimit / 8 * 7;
    private TimeSpan _patience = FirstPatience;
    private long _since;
    private long _written;
    private bool _hasWarned;

    // The attempt that is under way, and the one that nobody reads beside any more.
    private volatile Attempt? _attempt;
    private volatile Attempt? _ready;

    /// <summary>Wakes the writer's thread.</summary>
    public required Action WakeWriter { get; init; }

    /// <summary>Whether reads are held back.</summary>
    public bool IsHolding => _attempt is not null;

    /// <summary>Whether nobody reads, and the writer is to call <see cref="Continue"/>.</summary>
    public bool IsReady => _attempt is { } attempt && attempt == _ready;

    /// <summary>How long until the writer's thread is to call <see cref="Continue"/>; null if there is nothing to do.</summary>
    public TimeSpan? Due => !IsHolding ? null : IsReady || Remaining < TimeSpan.Zero ? TimeSpan.Zero : Remaining;

    private TimeSpan Remaining => _patience - Stopwatch.GetElapsedTime(_since);

    /// <summary>Looks at the size of the log after a commit.</summary>
    public void AfterCommit()
    {
        // To ask for the size of a file makes the next flush of it slower, so that is done once for many commits.
        long written = session.LogBytes();
        if (IsHolding || Math.Abs(written - _written) < _limit / 16)
            return;

        _written = written;
        long size = Size();
        if (size <= _limit)
            StartOver();
        if (size <= _threshold)
            return;

        var attempt = new Attempt();
        _attempt = attempt;
        _since = Stopwatch.GetTimestamp();
        gate.Hold(() => OnEmpty(attempt));
        WakeWriter();
    }

    /// <summary>Empties the log if nobody reads; abandons the attempt if that takes too long.</summary>
    public void Continue()
    {
        if (!IsHolding)
            return;

        if (IsReady)
            TryEmpty();
        else if (Remaining <= TimeSpan.Zero)
            Postpone(isBlockedElsewhere: false);
    }

    /// <summary>Abandons the attempt that is under way, if there is one.</summary>
    public void Abandon()
    {
        if (IsHolding)
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

    private void TryEmpty()
    {
        try
        {
            if (session.TryTruncateLog())
            {
                StartOver();
                Release();
                return;
            }
        }
        catch (SqliteException error)
        {
            context.LogNotEmptied(file.Path, error);
        }

        Postpone(isBlockedElsewhere: true);
    }

    /// <summary>Tries again when the log has grown by another part of its limit.</summary>
    private void Postpone(bool isBlockedElsewhere)
    {
        long size = Size();
        _threshold = size + (_limit / 8);
        _patience = _patience * 2 < MostPatience ? _patience * 2 : MostPatience;
        if (isBlockedElsewhere && !_hasWarned)
        {
            _hasWarned = true;
            context.LogIsTooLarge(file.Path, size, file.Options.LogSizeLimit);
        }

        Release();
    }

    /// <summary>Forgets earlier attempts: the log is below its limit, because it was emptied here or began again by itself.</summary>
    private void StartOver()
    {
        _threshold = _limit;
        _patience = FirstPatience;
        _hasWarned = false;
    }

    private void Release()
    {
        _attempt = null;
        gate.Release();
    }

    private long Size()
    {
        try
        {
            // Kept open: a look by name would cost each commit much more.
            _log ??= File.OpenHandle(file.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.GetLength(_log);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What was committed is committed; the next commit looks again.
            return 0;
        }
    }

    /// <summary>One attempt to empty the log.</summary>
    private sealed class Attempt;
}
