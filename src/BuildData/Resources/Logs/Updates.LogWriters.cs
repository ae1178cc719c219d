using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Writing;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Adds a log to a step, and returns a writer of its lines. Dispose the writer to finish the log.</summary>
    /// <param name="stepId">The id of the step. The step can be finished.</param>
    /// <param name="name">
    /// The log's name, which can be any text that is not empty. Several logs of a step can have the same name; each has a slug of its own.
    /// </param>
    /// <param name="type">What the lines contain. <see cref="OpenStdioLogWriter"/> opens a log of the type <see cref="LogType.Stdio"/>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ArgumentException">The name is empty, or the type is not <see cref="LogType.Text"/> or <see cref="LogType.Html"/>.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    /// <exception cref="InvalidOperationException">The method was called inside a transaction.</exception>
    public async Task<LogWriter> OpenLogWriter(
        long stepId, string name, LogType type = LogType.Text, LogWriterOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (type == LogType.Stdio)
            throw new ArgumentException($"The lines of a stdio log have streams. Call {nameof(OpenStdioLogWriter)} instead.", nameof(type));
        LogAppender appender = await OpenAppender(stepId, name, type, options ?? new LogWriterOptions(), markerLetter: null, cancellationToken).ConfigureAwait(false);
        return new LogWriter(appender, letter: null, ownsLog: true);
    }

    /// <summary>
    /// Adds a log of the type <see cref="LogType.Stdio"/> to a step, and returns writers of its streams. Dispose the result to finish the log.
    /// </summary>
    /// <param name="stepId">The id of the step. The step can be finished.</param>
    /// <param name="name">The log's name. Default: <c>stdio</c>.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    /// <exception cref="InvalidOperationException">The method was called inside a transaction.</exception>
    public async Task<StdioLogWriter> OpenStdioLogWriter(
        long stepId, string name = "stdio", LogWriterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LogWriterOptions();
        LogAppender appender = await OpenAppender(stepId, name, LogType.Stdio, options, StdioLine.Header, cancellationToken).ConfigureAwait(false);
        return new StdioLogWriter(appender, options, _options.TimeProvider);
    }

    private async Task<LogAppender> OpenAppender(
        long stepId, string name, LogType type, LogWriterOptions options, byte? markerLetter, CancellationToken cancellationToken)
    {
        // The writer would add lines after the end of the transaction.
        if (_transaction is not null)
            throw new InvalidOperationException("A log writer can't be opened inside a transaction. Open it before or after the transaction.");

        AddedLog log = await AddLog(stepId, name, type, cancellationToken).ConfigureAwait(false);
        return new LogAppender(this, log, options, new LineBuffer(options.MaxSize, markerLetter), _options.TimeProvider);
    }
}
