using BuildData.Paths;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>Identifies a log by its id, or by its step and its slug. An id converts implicitly to a <see cref="LogRef"/>.</summary>
public readonly record struct LogRef : IPathReference
{
    private LogRef(long? id, StepRef step, string? slug)
    {
        Id = id;
        Step = step;
        Slug = slug;
    }

    /// <summary>Creates a reference to a log by its step and its slug.</summary>
    /// <exception cref="ArgumentException">The slug is null, or has a surrogate without its pair.</exception>
    public LogRef(StepRef step, string slug)
        : this(null, step, slug) => UnicodeText.Check(slug, nameof(slug));

    /// <summary>Gets the log's id; null if the reference holds a step and a slug.</summary>
    public long? Id { get; }

    /// <summary>Gets the log's step. Use this property only if <see cref="Id"/> is null.</summary>
    public StepRef Step { get; }

    /// <summary>Gets the log's slug; null if the reference holds an id.</summary>
    public string? Slug { get; }

    /// <summary>Creates a reference to the log with the given id.</summary>
    public static implicit operator LogRef(long logId) => FromInt64(logId);

    /// <summary>Creates a reference to the log with the given id.</summary>
    public static LogRef FromInt64(long logId) => new(logId, default, null);

    /// <summary>Returns the log's path.</summary>
    public override string ToString() => Id is { } id ? $"/logs/{id}" : $"{Step}/logs/{PathEncoding.Encode(Slug!)}";

    string? IPathReference.Segment => null;

    /// <summary>Gets the pattern of the events about the log.</summary>
    internal string EventPattern => Id is { } id ? $"/logs/{id}" : $"/steps/{Step.EventSegment}/logs/{PathEncoding.Encode(Slug!)}";

    /// <summary>
    /// Converts a reference by slug to a reference by the ids that are known. If the step does not exist, returns this reference.
    /// </summary>
    internal async ValueTask<LogRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Id is null ? new LogRef(null, await Step.Resolve(session, cancellationToken).ConfigureAwait(false), Slug) : this;

    /// <summary>Returns whether this reference identifies a log.</summary>
    internal ValueTask<bool> Matches(StepLog log, IRelatedResources related, CancellationToken cancellationToken) =>
        Id is { } id ? new ValueTask<bool>(log.LogId == id)
        : log.Slug == Slug ? Step.Matches(log.StepId, related, cancellationToken)
        : new ValueTask<bool>(false);

    /// <summary>Appends the conditions that select the log.</summary>
    internal void AppendConditions(SqlBuilder sql)
    {
        if (Id is { } id)
            sql.Condition().Append($"log.id = {id}");
        else
            sql.Condition().Append($"log.step_id = {Step} AND log.slug = {Slug}");
    }
}
