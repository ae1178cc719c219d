using System.Diagnostics;
using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Writing;

namespace BuildData;

/// <summary>
/// Writes a log of the type <see cref="LogType.Stdio"/>: the output of a program. <see cref="Updates.OpenStdioLogWriter"/> creates it. Its three writers can
/// be used at the same time.
/// </summary>
/// <remarks>
/// Each writer completes its own lines. A line appears in the log when it is complete, so the three streams never share a line. The log's
/// <see cref="LogWriterOptions"/> apply to the three writers together.
/// </remarks>
public sealed class StdioLogWriter : IAsyncDisposable, IDisposable
{
    private readonly LogAppender _appender;
    private readonly LogWriterOptions _options;
    private readonly TimeProvider _clock;
    private int _isRunning;

    internal StdioLogWriter(LogAppender appender, LogWriterOptions options, TimeProvider clock)
    {
        _appender = appender;
        _options = options;
        _clock = clock;
        Output = new LogWriter(appender, StdioLine.Output, ownsLog: false);
        Error = new LogWriter(appender, StdioLine.Error, ownsLog: false);
        Header = new LogWriter(appender, StdioLine.Header, ownsLog: false);
    }

    /// <summary>Gets the writer of standard output.</summary>
    public LogWriter Output { get; }

    /// <summary>Gets the writer of standard error.</summary>
    public LogWriter Error { get; }

    /// <summary>Gets the writer of headers: lines of the host program, such as the command and its exit code.</summary>
    public LogWriter Header { get; }

    /// <summary>Gets the log's id.</summary>
    public long LogId => _appender.Log.LogId;

    /// <summary>Gets the log's slug, which identifies the log in paths.</summary>
    public string Slug => _appender.Log.Slug;

    /// <inheritdoc cref="LogWriter.DroppedLines"/>
    public long DroppedLines => _appender.DroppedLines;

    /// <inheritdoc cref="LogWriter.DroppedBytes"/>
    public long DroppedBytes => _appender.DroppedBytes;

    /// <inheritdoc cref="LogWriter.ReplacedCount"/>
    public long ReplacedCount => _appender.ReplacedCount;

    /// <summary>Waits until all complete lines that were written before are on disk.</summary>
    /// <param name="cancellationToken">Cancels the wait. The lines are stored nevertheless.</param>
    /// <exception cref="StoreException">The lines could not be stored. They stay in the buffer.</exception>
    public Task Flush(CancellationToken cancellationToken = default) => _appender.FlushAsync().WaitAsync(cancellationToken);

    /// <summary>
    /// Runs a process and records its output: a header line with the command, the lines of standard output and standard error as they come, and a header
    /// line with the exit code.
    /// </summary>
    /// <remarks>
    /// <para>The output is read as bytes. Lines are stored in batches while the process runs. If the store is slow, the process waits only when
    /// <see cref="LogWriterOptions.BufferSize"/> bytes and the operating system's pipe are full. The header line shows the arguments, so don't pass secrets
    /// as arguments.</para>
    /// <para>The standard input of the process is empty. If another process keeps the output open after the process has exited, such as a server that it has started, its
    /// output is read for <see cref="LogWriterOptions.TimeAfterExit"/>. A header line reports this.</para>
    /// <para>When the method has returned, the lines may still wait for the next batch. Flush or dispose the writer to know that they are on disk.</para>
    /// </remarks>
    /// <param name="startInfo">
    /// The process. The method sets <see cref="ProcessStartInfo.UseShellExecute"/> and the three properties that redirect streams.
    /// </param>
    /// <param name="cancellationToken">Kills the process and all processes that it has started. The output until then is recorded.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="InvalidOperationException">The writer already runs a process.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The process can't be started. A header line reports this too.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="StoreException">
    /// The lines can't be stored and the buffer is full (<see cref="LogWriter"/>). The process is killed.
    /// </exception>
    public async Task<int> RunProcess(ProcessStartInfo startInfo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(startInfo);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _isRunning, 1) == 1)
            throw new InvalidOperationException("The writer already runs a process. Await its end first, or open another log.");
        try
        {
            return await new ProcessRecorder(this, _options.TimeAfterExit, _clock).Run(startInfo, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }
    }

    /// <summary>Completes the last line of each stream, stores everything, and finishes the log. Does nothing if the writer is disposed.</summary>
    /// <exception cref="StoreException">Lines could not be stored. They are lost.</exception>
    public async ValueTask DisposeAsync()
    {
        EndLines(areLast: true);
        await _appender.CloseAsync().ConfigureAwait(false);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    /// <remarks>This method blocks the thread until the lines are on disk. Prefer <see cref="DisposeAsync"/>.</remarks>
    public void Dispose()
    {
        EndLines(areLast: true);
        _appender.Close();
    }

    internal void EndLines(bool areLast)
    {
        Output.EndLine(areLast);
        Error.EndLine(areLast);
        Header.EndLine(areLast);
    }
}
