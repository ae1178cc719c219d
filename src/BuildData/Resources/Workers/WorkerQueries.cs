using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Workers;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/workers</c>, which returns all workers.</summary>
public sealed record AllWorkers : CollectionQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => "/workers";

    internal override TableDefinition<Worker> Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/workers/*"];

    internal override ValueTask<bool> Has(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/workers/{workerid_or_name}</c>, which returns one worker.</summary>
/// <param name="Worker">The id or the name of the worker.</param>
public sealed record WorkerByRef(WorkerRef Worker) : SingleQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => $"/workers/{Worker}";

    internal override ResourceDefinition Resource => WorkerDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql)
    {
        if (Worker.Name is { } name)
            sql.Condition().Append($"worker.name = {name}");
        else
            sql.Condition().Append($"worker.id = {Worker.Id}");
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/workers/{Worker.EventSegment}"];

    internal override ValueTask<bool> Has(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        new(Worker.Matches(worker));
}
