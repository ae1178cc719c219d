using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Logs;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoints that end with <c>/logs</c>, such as <c>/steps/{stepid}/logs</c>. It returns the logs of a step.</summary>
/// <param name="Step">The step.</param>
public sealed record LogsOfStep(StepRef Step) : CollectionQuery<StepLog>
{
    /// <inheritdoc/>
    public override string Path => $"{Step}/logs";

    internal override TableDefinition<StepLog> Resource => LogDefinition.Instance;

    internal override string ParentColumn => "log.step_id";

    internal override void AppendParentId(SqlBuilder sql) => sql.Append($"{Step}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/steps/{Step.EventSegment}/logs/*"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(StepLog log, IRelatedResources related, CancellationToken cancellationToken) =>
        Step.Matches(log.StepId, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Step = await Step.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>
/// Represents the query of the endpoints that return one log, such as <c>/logs/{logid}</c> and <c>/steps/{stepid}/logs/{log_slug}</c>.
/// </summary>
/// <param name="Log">The log.</param>
public sealed record LogByRef(LogRef Log) : SingleQuery<StepLog>
{
    /// <inheritdoc/>
    public override string Path => Log.ToString();

    internal override ResourceDefinition Resource => LogDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => Log.AppendConditions(sql);

    internal override IReadOnlyCollection<string> EventPatterns => [Log.EventPattern];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(StepLog log, IRelatedResources related, CancellationToken cancellationToken) =>
        Log.Matches(log, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Log = await Log.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>
/// Represents the query of the endpoints that end with <c>/contents</c>, such as <c>/logs/{logid}/contents</c>. It returns lines of a log:
/// <c>offset</c> is the number of the first line, and <c>limit</c> is how many. It can't be watched.
/// </summary>
/// <param name="Log">The log.</param>
public sealed record ContentsOfLog(LogRef Log) : SingleQuery<LogContents>, ILogTextQuery<LogContents>
{
    /// <inheritdoc/>
    public override string Path => $"{Log}/contents";

    internal override ResourceDefinition Resource => LogContentsDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => LogContentsDefinition.WatchRefusal;

    internal override ValueTask<LogContents?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken) =>
        ((ILogTextQuery<LogContents>)this).Read(session, spec, outside: null, cancellationToken);

    async ValueTask<LogContents?> ILogTextQuery<LogContents>.Read(ReadSession session, ValidatedSpec spec, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        if (await new LogByRef(Log).Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is not { } log)
            return null;

        long firstLine = spec.Spec.Offset ?? 0;
        string content = await LogTextReader.ReadText(session, log, firstLine, spec.Spec.Limit ?? long.MaxValue, outside, cancellationToken).ConfigureAwait(false);
        return new LogContents { LogId = log.LogId, FirstLine = firstLine, Content = content };
    }
}

/// <summary>
/// Represents the query of the endpoints that end with <c>/raw</c> or <c>/raw_inline</c>, such as <c>/logs/{logid}/raw</c>. It returns all lines of
/// a log as a file. It can't be watched.
/// </summary>
/// <param name="Log">The log.</param>
/// <param name="IsInline">Whether the lines are shown in a page, which needs no name of a file.</param>
public sealed record RawOfLog(LogRef Log, bool IsInline = false) : SingleQuery<RawLog>, ILogTextQuery<RawLog>
{
    /// <inheritdoc/>
    public override string Path => $"{Log}/{(IsInline ? "raw_inline" : "raw")}";

    internal override ResourceDefinition Resource => RawLogDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => LogContentsDefinition.WatchRefusal;

    internal override ValueTask<RawLog?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken) =>
        ((ILogTextQuery<RawLog>)this).Read(session, spec, outside: null, cancellationToken);

    async ValueTask<RawLog?> ILogTextQuery<RawLog>.Read(ReadSession session, ValidatedSpec spec, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        if (await new LogByRef(Log).Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is not { } log)
            return null;
        if (await LogOrigin.Read(session, log, cancellationToken).ConfigureAwait(false) is not { } origin)
            return null;

        string text = await LogTextReader.ReadRaw(session, log, origin.Header(log), outside, cancellationToken).ConfigureAwait(false);
        return new RawLog
        {
            Raw = text,
            MimeType = LogOrigin.MimeType(log),
            Filename = IsInline ? null : origin.Filename(log),
        };
    }
}
