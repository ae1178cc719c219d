using BuildData.Resources;
using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Chunks;
using BuildData.Resources.Steps;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Adds a log to a step. Announces the event <c>new</c>.</summary>
    /// <param name="stepId">The id of the step. The step can be finished.</param>
    /// <param name="name">
    /// The log's name, which can be any text that is not empty. Several logs of a step can have the same name; each has a slug of its own.
    /// </param>
    /// <param name="type">What the lines contain.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The log's id and its slug.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the type is <see cref="LogType.Removed"/> or undefined.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task<AddedLog> AddLog(long stepId, string name, LogType type = LogType.Text, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.NotEmpty(name, nameof(name));
        if (type is not (LogType.Text or LogType.Stdio or LogType.Html))
            throw new ArgumentOutOfRangeException(nameof(type), type, "A new log has the type Text, Stdio or Html.");

        return Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                string slug = await LogTable.FirstFreeSlug(context, args.stepId, LogSlug.FromName(args.name)).ConfigureAwait(false);
                var log = new StepLog { Name = args.name, Slug = slug, StepId = args.stepId, BuildId = step.BuildId, Type = args.type };
                long logId = await context.Session.Insert(
                    "logs",
                    """
                    INSERT INTO logs (id, step_id, build_id, builder_id, name, slug, type, complete, num_lines, num_bytes, num_replaced, stored_bytes, merged_lines)
                    VALUES ($1, $2, $3, (SELECT builder_id FROM steps WHERE id = $2), $4, $5, $6, 0, 0, 0, 0, 0, 0)
                    """,
                    log.StepId, log.BuildId, log.Name, log.Slug, LogTypeLetters.ToLetter(log.Type)).ConfigureAwait(false);
                LogTable.CacheAndAnnounce(context, log with { LogId = logId }, "new");
                return new AddedLog(logId, slug);
            },
            (stepId, name, type),
            cancellationToken,
            static (plan, args) =>
            {
                plan.AddRowToLock(ResourceTables.Steps, args.stepId);
                plan.AddNewIds(ResourceTables.Logs);
            });
    }

    /// <summary>Adds lines to a log. Announces the event <c>append</c>, without the lines.</summary>
    /// <remarks>
    /// The lines are compressed on the caller's thread.
    /// </remarks>
    /// <param name="logId">The id of the log.</param>
    /// <param name="lines">
    /// Whole lines, each ended by <c>\n</c>. No other character ends a line. Every character is stored as it is, except that a surrogate without
    /// its pair becomes U+FFFD. In a <see cref="LogType.Stdio"/> log, the first character of each line is its stream: <c>o</c>, <c>e</c> or <c>h</c>.
    /// </param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The numbers of the first and the last added line.</returns>
    /// <exception cref="ArgumentException">There are no lines, or the text does not end with <c>\n</c>.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such log.</exception>
    /// <exception cref="UpdateRefusedException">The log is finished.</exception>
    public Task<AppendedLines> AppendLog(long logId, string lines, CancellationToken cancellationToken = default) =>
        AppendLog(logId, LogEncoder.Encode(lines, nameof(lines)), expectedFirstLine: null, nameof(AppendLog), cancellationToken);

    /// <param name="logId">The id of the log.</param>
    /// <param name="lines">
    /// Whole lines in UTF-8, each ended by a byte 10. Bytes that are not valid UTF-8 are replaced with U+FFFD, and counted in
    /// <see cref="StepLog.NumReplaced"/>. The memory is not used after the method has returned.
    /// </param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <inheritdoc cref="AppendLog(long, string, CancellationToken)"/>
    public Task<AppendedLines> AppendLog(long logId, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default) =>
        AppendLog(logId, LogEncoder.Encode(lines.Span, nameof(lines)), expectedFirstLine: null, nameof(AppendLog), cancellationToken);

    /// <summary>Finishes a log, which then gets no more lines. Announces the event <c>finished</c>. Does nothing if the log is finished.</summary>
    /// <param name="logId">The id of the log.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such log.</exception>
    public Task FinishLog(long logId, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                StepLog log = await LogTable.GetForUpdate(context, args).ConfigureAwait(false);
                if (!log.Complete)
                    await LogTable.Finish(context, log).ConfigureAwait(false);
                return default(NoResult);
            },
            logId,
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Logs, args),
            succeeded: Outermost.LogFinished);

    /// <summary>Gets or sets a function that is called after a log was finished, so that its chunks can be merged.</summary>
    internal Action? LogFinished { get; set; }

    /// <summary>Adds encoded lines to a log.</summary>
    /// <param name="logId">The id of the log.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="expectedFirstLine">
    /// The number that the first line gets. If the log already has exactly these lines, an earlier attempt has added them, whose outcome the caller does
    /// not know. Then this update changes nothing. Null adds the lines at the end of the log.
    /// </param>
    /// <param name="method">The name of the calling method.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    internal Task<AppendedLines> AppendLog(long logId, EncodedLines lines, long? expectedFirstLine, string method, CancellationToken cancellationToken) =>
        Write(
            static async (context, args) =>
            {
                StepLog log = await LogTable.GetForUpdate(context, args.logId).ConfigureAwait(false);
                if (args.expectedFirstLine is { } first && log.NumLines == first + args.lines.LineCount)
                    return new AppendedLines(first, log.NumLines - 1);
                if (args.expectedFirstLine is { } expected && log.NumLines != expected)
                    throw new UpdateRefusedException(LogDefinition.Instance.Kind, log.LogId, $"The log {log.LogId} ('{log.Name}') has lines from another writer.");
                if (log.Complete)
                    throw new UpdateRefusedException(LogDefinition.Instance.Kind, log.LogId, $"The log {log.LogId} ('{log.Name}') is finished, so no lines can be added.");
                return await LogTable.Append(context, log, args.lines).ConfigureAwait(false);
            },
            (logId, lines, expectedFirstLine),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Logs, args.logId),
            method);
}
