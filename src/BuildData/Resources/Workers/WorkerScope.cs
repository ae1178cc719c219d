using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Resources.Workers;

/// <summary>
/// Represents the scope of a query for configured workers: one master or all masters, and one builder or all builders. The query returns
/// only workers that are configured in this scope. The lists of each returned worker contain only the masters and builders of the scope.
/// </summary>
/// <param name="MasterId">The id of the master; null for all masters.</param>
/// <param name="Builder">The builder; null for all builders.</param>
internal readonly record struct WorkerScope(long? MasterId, BuilderRef? Builder)
{
    /// <summary>Gets the path of the workers.</summary>
    public string Path => (MasterId is { } master ? $"/masters/{master}" : "") + (Builder is { } builder ? $"/builders/{builder}" : "") + "/workers";

    public void AppendConditions(SqlBuilder sql)
    {
        sql.Condition().Append("worker.id IN (SELECT place.worker_id FROM configured_workers AS place WHERE ");
        if (Builder is { } builder)
            sql.Append($"place.builder_id = {builder}");
        if (MasterId is { } master)
            sql.Append(Builder is null ? "" : " AND ").Append($"place.master_id = {master}");
        sql.Append(")");
    }

    /// <summary>
    /// Returns a worker whose lists contain only the masters and builders of this scope. Returns null if the worker is not configured in
    /// this scope.
    /// </summary>
    public async ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken)
    {
        var places = new List<ConfiguredBuilder>();
        foreach (ConfiguredBuilder place in worker.ConfiguredOn)
        {
            if ((MasterId is null || place.MasterId == MasterId)
                && (Builder is not { } builder || await builder.Matches(place.BuilderId, related, cancellationToken).ConfigureAwait(false)))
            {
                places.Add(place);
            }
        }

        return places.Count == 0 ? null : WithPlaces(worker, places);
    }

    /// <summary>
    /// Returns workers whose lists contain only the masters and builders of this scope. If the scope has only the name of the builder,
    /// first reads the builder's id.
    /// </summary>
    public async ValueTask<List<Worker>> Narrow(List<Worker> workers, ReadSession session, CancellationToken cancellationToken)
    {
        if (workers.Count == 0)
            return workers;

        WorkerScope scope = await Resolve(session, cancellationToken).ConfigureAwait(false);
        return workers.ConvertAll(worker => scope.WithPlaces(
            worker,
            [.. worker.ConfiguredOn.Where(place => (scope.MasterId is null || place.MasterId == scope.MasterId) && (scope.Builder is not { } builder || builder.Id == place.BuilderId))]));
    }

    public async ValueTask<WorkerScope> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Builder is { } builder ? this with { Builder = await builder.Resolve(session, cancellationToken).ConfigureAwait(false) } : this;

    private Worker WithPlaces(Worker worker, IReadOnlyList<ConfiguredBuilder> places)
    {
        long? masterId = MasterId;
        return worker with
        {
            ConfiguredOn = WorkerPlaces.Configured(places),
            ConnectedTo = masterId is null ? worker.ConnectedTo : WorkerPlaces.Connected(worker.ConnectedTo.Where(master => master.MasterId == masterId)),
        };
    }
}
