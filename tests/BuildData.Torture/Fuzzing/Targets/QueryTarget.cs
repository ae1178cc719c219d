using BuildData.Resources;
using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// Query strings behind the paths of collections. Each is answered, or gets <see cref="InvalidQueryException"/>, and the database never sees an error. The
/// pages of a collection follow each other.
/// </summary>
internal sealed class QueryTarget : IFuzzTarget
{
    private readonly SmallStores _stores = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "?", "&", "=", "__eq=", "__ne=", "__lt=", "__le=", "__gt=", "__ge=", "__contains=", "__in=", "__notin=", "order=", "order=-", "limit=", "offset=", "after=", "field=", "property=",
        "property=*", "property.owner=", "include=", "steps", "buildset", "buildrequest", "buildrequests", "builds", "properties", "newest_build", "results", "complete", "started_at", "complete_at", "submitted_at",
        "name", "number", "state_string", "builderid", "buildid", "priority", "claimed", "waited_for", "tags", "masterids", "reason", "sourcestamps", "urls", "workerinfo", "locks_duration_s",
        "/builds", "/builders", "/buildsets", "/buildrequests", "/steps", "/workers", "/masters", "/sourcestamps", "/logs", "/build_statistics", "/builders/1/builds", "/builds/1/steps",
        "null", "true", "off", "1.5", "-1", "1700000000", "main", "%00", "%2C", "+", "\ud800", "ä",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds => FieldQueries().Concat(OtherQueries).ToInputs();

    private static IEnumerable<string> OtherQueries =>
    [
        "/builds?complete=true&order=-number&limit=2&offset=1", "/builds?results__in=0&results__in=2&property=*&include=steps,buildset", "/buildrequests?claimed=false&order=-priority&limit=1",
        "/builders?tags__contains=fast&include=newest_build", "/buildsets?include=builds,buildrequests&limit=3", "/builds?property.owner=ann", "/builds?started_at__ge=1700000010&order=started_at&order=-buildid&limit=1",
        "/steps?name__contains=es&field=name&field=number&limit=2", "/builders/1/builds?order=results&limit=1", "/logs/1/contents?offset=1&limit=1", "/build_statistics?builderid=1",
    ];

    /// <inheritdoc/>
    public Task Open() => _stores.Open();

    /// <inheritdoc/>
    public async Task Run(byte[] input)
    {
        string path = InputText.ToUtf16(input);
        if (await Answers.Get(_stores.Data, path) is { Next: { } next, IsCollection: true } && DataApi.ParsePath(path).Spec is { Offset: null, After: null })
            await NextPage(_stores.Data, path, next);
    }

    /// <inheritdoc/>
    public async Task RunThoroughly(byte[] input)
    {
        string path = InputText.ToUtf16(input);
        await Answers.Compare(_stores, path);
        await Answers.Watch(_stores.Data, path);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static IEnumerable<string> FieldQueries() =>
        from resource in ResourceTypes.All.Where(type => DataApi.Endpoints.Any(endpoint => endpoint.Pattern == "/" + type.PluralName && endpoint.IsCollection))
        from field in resource.Fields
        from query in new[] { $"{field.Name}=1", $"{field.Name}__ge=1&order={field.Name}&limit=1", $"{field.Name}__in=a&order=-{field.Name}&limit=2" }
        select $"/{resource.PluralName}?{query}";

    private static async Task NextPage(DataApi data, string path, string next)
    {
        DataResult? page = await Answers.Get(data, $"{path}&after={next}");
        Promise.Holds(page is not null, "A page is followed by the page at its 'Next'.");
    }
}
