using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Reading;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Reads the lines of logs. <see cref="DataApi.Logs"/> returns this object. The lines of a log are numbered from 0. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A line has any length, and comes without its <c>\n</c>. All its other characters are as they were written, also <c>\r</c>, NUL and escape
/// sequences (<see cref="AnsiText"/> removes these). In a <see cref="LogType.Stdio"/> log, the first character of each line is its stream.
/// </para>
/// <para>
/// The methods that return many lines read some of them at a time, and need little memory however long the log is. The caller can take any time
/// between two lines: no connection and no snapshot of the database is held meanwhile. A line costs the same wherever in the log it is.
/// </para>
/// <para>
/// If the lines are removed (<see cref="BuildDataOptions.KeepLogs"/>), before or during a read, it ends with
/// <see cref="LogContentRemovedException"/>, never with fewer lines. If the log is removed with its build, the read ends with
/// <see cref="ResourceNotFoundException"/>.
/// </para>
/// </remarks>
public sealed class LogReader
{
    private readonly Master _master;
    private readonly ILogChunkStore? _outside;

    internal LogReader(Master master, ILogChunkStore? outside)
    {
        _master = master;
        _outside = outside;
    }

    /// <summary>Reads the lines from one number to another. Returns fewer lines if the log has fewer.</summary>
    /// <param name="log">The log, which can be unfinished.</param>
    /// <param name="firstLine">The number of the first line.</param>
    /// <param name="lastLine">The number of the last line. Null for the last line that the log has when the read begins.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstLine"/> is negative.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such log.</exception>
    /// <exception cref="LogContentRemovedException">The lines of the log were removed.</exception>
    /// <exception cref="StoreException">The store can't be read. Or lines are missing, or damaged.</exception>
    public IAsyncEnumerable<string> Lines(LogRef log, long firstLine = 0, long? lastLine = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstLine);
        return LogLineReader.Read(token => Open(log, firstLine, token), lastLine, cancellationToken);
    }

    /// <summary>Reads the last lines of a log. Returns fewer lines if the log has fewer.</summary>
    /// <param name="log">The log, which can be unfinished.</param>
    /// <param name="count">The number of lines.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The lines with their numbers, in order. All are in memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <inheritdoc cref="Lines"/>
    public async Task<IReadOnlyList<LogLine>> Last(LogRef log, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        LogScanner scanner = await Open(log, firstLine: 0, cancellationToken).ConfigureAwait(false);
        return await LogLineReader.ReadLast(scanner, count, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the lines that contain a text, among those that the log has when the search begins.</summary>
    /// <remarks>
    /// The search reads the log while the caller reads the result, so it stops when the caller stops. In a <see cref="LogType.Stdio"/> log, it ignores
    /// the stream at the beginning of each line.
    /// </remarks>
    /// <param name="log">The log, which can be unfinished.</param>
    /// <param name="text">The text. Characters are compared by their code points (<see cref="StringComparison.Ordinal"/>).</param>
    /// <param name="ignoreCase">Whether case is ignored (<see cref="StringComparison.OrdinalIgnoreCase"/>).</param>
    /// <param name="firstLine">The number of the line with which the search begins.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The lines with their numbers, in order.</returns>
    /// <exception cref="ArgumentException">The text is empty, has a line feed, or has a surrogate without its pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstLine"/> is negative.</exception>
    /// <inheritdoc cref="Lines"/>
    public IAsyncEnumerable<LogLine> Search(
        LogRef log, string text, bool ignoreCase = false, long firstLine = 0, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        UnicodeText.Check(text, nameof(text));
        if (text.Contains('\n', StringComparison.Ordinal))
            throw new ArgumentException("The text has a line feed, so no line can contain it.", nameof(text));
        ArgumentOutOfRangeException.ThrowIfNegative(firstLine);
        return LogTextSearch.Read(token => Open(log, firstLine, token), text, ignoreCase, cancellationToken);
    }

    /// <summary>Reads the lines that a log has, and then each new line as soon as it is committed, until the log is finished. No line is missing or repeated.</summary>
    /// <remarks>
    /// <para>Any master can write the log. Events wake the method; it does not poll. The caller can be slow: new lines wait in the database, not in
    /// memory. If the database loses events, the method reads on from the next line.</para>
    /// <para>To continue after an interruption or an error, for example in a new process, call the method again with the number after that of the last
    /// line.</para>
    /// </remarks>
    /// <param name="log">The log, which must exist.</param>
    /// <param name="firstLine">The number of the first line. The log need not have this line yet.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="firstLine"/> is negative.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only, and the log is not finished.</exception>
    /// <exception cref="StoreException">The store can't be read. Or lines are missing, damaged, or were lost by the database after they were read.</exception>
    /// <exception cref="ObjectDisposedException">The master was disposed before the log was finished.</exception>
    /// <inheritdoc cref="Lines"/>
    public IAsyncEnumerable<LogLine> Tail(LogRef log, long firstLine = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstLine);
        return LogTail.Read(token => Open(log, firstLine, token), _master.Events, cancellationToken);
    }

    /// <summary>
    /// Opens a stream of all lines that a log has now. Its bytes are those that the endpoint <c>/logs/{logid}/raw</c> returns as one text, in
    /// UTF-8.
    /// </summary>
    /// <param name="log">The log, which can be unfinished.</param>
    /// <param name="includeHeader">
    /// Whether the lines of a <see cref="LogType.Stdio"/> log come after three lines with the names of the builder and the worker and the number of the
    /// build. Other logs have no header.
    /// </param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The stream. Reading throws the same exceptions as this method.</returns>
    /// <exception cref="ResourceNotFoundException">There is no such log.</exception>
    /// <exception cref="LogContentRemovedException">The lines of the log were removed.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<RawLogStream> OpenRaw(LogRef log, bool includeHeader = true, CancellationToken cancellationToken = default)
    {
        LogScanner scanner = await Open(log, firstLine: 0, cancellationToken).ConfigureAwait(false);
        LogOrigin origin = await _master.Store.Read(LogOrigin.Read, scanner.Log, cancellationToken).ConfigureAwait(false)
            ?? throw new ResourceNotFoundException(LogDefinition.Instance.Kind, scanner.Log.LogId);
        return new RawLogStream(scanner, origin, includeHeader);
    }

    private async ValueTask<LogScanner> Open(LogRef log, long firstLine, CancellationToken cancellationToken)
    {
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await LogScanner.Open(_master.Store, _outside, log, firstLine, cancellationToken).ConfigureAwait(false);
    }
}
