using BuildData.Api;
using BuildData.Diagnostics;
using BuildData.Queries;

namespace BuildData.Tests;

/// <summary>Records the statements of queries that include all related data of the newest resources.</summary>
internal static class StatementsOfIncludes
{
    private static readonly (Query Query, string[] Names)[] All =
    [
        (new AllBuilds(), ["steps", "buildrequest", "buildset"]),
        (new AllBuildsets(), ["buildrequests", "builds", "properties"]),
        (new AllBuildRequests(), ["builds", "buildset"]),
        (new AllBuilders(), ["newest_build"]),
    ];

    public static async Task<IEnumerable<(string Text, IReadOnlyList<object?> Values)>> Record(Master master)
    {
        using var telemetry = new Telemetry(null, null, "recorded");
        var store = new RecordingStore(master.Store);
        var queries = new QueryExecutor(store, maxResults: 10_000, telemetry);
        foreach ((Query query, string[] names) in All)
            await query.Execute(queries, new ResultSpec { Include = names, Order = [new Order(query.Resource.Fields[0].Name, descending: true)], Limit = 20 }, CancellationToken.None);
        return store.Statements;
    }
}
