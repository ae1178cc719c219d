using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>The tables and columns that a version has.</summary>
/// <param name="columns">The columns by table.</param>
internal sealed class OldColumns(IReadOnlyDictionary<string, IReadOnlySet<string>> columns)
{
    private static readonly string[] Tables =
    [
        "masters", "builders", "builder_tags", "builder_masters", "workers", "worker_connections", "configured_workers", "patches", "sourcestamps", "buildsets",
        "buildset_sourcestamps", "buildset_properties", "buildrequests", "builds", "build_properties", "build_terms", "steps", "logs", "log_chunks", "removed_logs", "events", "event_log",
        "file_state",
    ];

    public static async Task<OldColumns> Read(OldStore store)
    {
        var columns = new Dictionary<string, IReadOnlySet<string>>();
        foreach (string table in Tables)
            columns.Add(table, await store.ReadColumns(table));
        return new OldColumns(columns);
    }

    public bool Has(string table, string column) => columns[table].Contains(column);

    /// <summary>Returns what is left of the data if a version lacks tables and columns. Resources then have the values that a migration gives them.</summary>
    public OldData Restrict(OldData all) => all with
    {
        Builders = [.. all.Builders.Select(Restrict)],
        Workers = [.. all.Workers.Select(Restrict)],
        UniqueKeys = Has("buildsets", "unique_key") ? all.UniqueKeys : new Dictionary<long, string>(),
        Requests = [.. all.Requests.Select(Restrict)],
        Builds = [.. all.Builds.Select(Restrict)],
        Steps = [.. all.Steps.Select(Restrict)],
        Logs = Has("logs", "id") ? all.Logs : [],
        Announced = [.. all.Announced.Select(e => (e.Name, Restrict(e.Resource)))],
    };

    private object Restrict(object resource) => resource switch
    {
        Builder builder => Restrict(builder),
        Build build => Restrict(build),
        Step step => Restrict(step),
        _ => resource,
    };

    private Builder Restrict(Builder builder) => Has("builder_masters", "master_id") ? builder : builder with { MasterIds = [] };

    private Worker Restrict(Worker worker) => Has("workers", "paused") ? worker : new Worker { WorkerId = worker.WorkerId, Name = worker.Name };

    private BuildRequest Restrict(BuildRequest request)
    {
        BuildRequest known = Has("buildrequests", "replaced_by") ? request : request with { ReplacedByBuildRequestId = null };
        return Has("buildrequests", "cancel_reason") ? known : known with { CancelRequestedAt = null, CancelReason = null };
    }

    private Build Restrict(Build build) => Has("builds", "cancel_reason") ? build : build with { CancelRequestedAt = null, CancelReason = null };

    private Step Restrict(Step step) => Has("steps", "title") ? step : step with { Title = null };
}
