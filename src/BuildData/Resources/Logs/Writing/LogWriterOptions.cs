namespace BuildData;

/// <summary>Holds the options of a <see cref="LogWriter"/> or a <see cref="StdioLogWriter"/>.</summary>
public sealed record LogWriterOptions
{
    private static readonly TimeSpan MinTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    /// <summary>Gets the size from which waiting lines are stored at once, in bytes. From 1 to 64 MiB. Default: 64 KiB.</summary>
    public int BatchSize
    {
        get;
        init => field = InRange(value, 64 * 1024 * 1024, nameof(BatchSize));
    } = 64 * 1024;

    /// <summary>
    /// Gets the time after which waiting lines are stored, even if there are few. After a failed attempt to store lines, it is also the time until the
    /// next attempt. From 1 ms to 1 day. Default: 250 ms.
    /// </summary>
    public TimeSpan BatchTime
    {
        get;
        init => field = InRange(value, nameof(BatchTime));
    } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Gets the maximum size of the lines that wait in memory until they are stored, in bytes. When the buffer is full, writes wait. A line that is
    /// longer than the buffer waits alone. From 1 to 1 GiB. Default: 4 MiB.
    /// </summary>
    public int BufferSize
    {
        get;
        init => field = InRange(value, 1024 * 1024 * 1024, nameof(BufferSize));
    } = 4 * 1024 * 1024;

    /// <summary>
    /// Gets the maximum size of the text of the log, in bytes of UTF-8. The log is cut before the first line that does not fit: this line and all later
    /// ones are dropped, and a marker line stands in their place. Null means no limit. Default: 100 MiB.
    /// </summary>
    /// <remarks>
    /// Sequences of bytes that are not valid UTF-8 count as they were written. The stream letters of a stdio log count too. The marker line does not
    /// count. Without a limit, a line of more than 128 MiB cuts the log.
    /// </remarks>
    public long? MaxSize
    {
        get;
        init
        {
            if (value is { } size)
                ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, nameof(MaxSize));
            field = value;
        }
    } = 100L * 1024 * 1024;

    /// <summary>
    /// Gets the time for which <see cref="StdioLogWriter.RunProcess"/> reads output after the process has exited, if another process still has the output
    /// open. From 1 ms to 1 day. Default: 2 seconds.
    /// </summary>
    public TimeSpan TimeAfterExit
    {
        get;
        init => field = InRange(value, nameof(TimeAfterExit));
    } = TimeSpan.FromSeconds(2);

    private static int InRange(int value, int max, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
        return value;
    }

    private static TimeSpan InRange(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, MinTime, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxTime, name);
        return value;
    }
}
