using System.Text.Json;
using BuildData.Queries;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Shows a build with its steps, its source stamps, its properties, and the builds that are related to it.</summary>
/// <param name="BuildId">The id of the build.</param>
internal sealed record BuildPage(long BuildId) : DashboardPage
{
    private const int MostSteps = 1_000;
    private const int MostProperties = 500;
    private const int MostTriggered = 100;
    private const int MostLinks = 50;

    private static readonly ResultSpec Whole = new() { AllProperties = true, Include = ["buildrequest", "buildset"] };

    private static readonly ResultSpec VisibleSteps = new()
    {
        Filters = [new Filter("hidden", FilterOperator.Equal, false)],
        Order = [new Order("number")],
        Limit = MostSteps,
    };

    public override IReadOnlyList<string> Patterns => [$"/builds/{BuildId}", $"/builds/{BuildId}/properties", $"/builds/{BuildId}/steps/*"];

    // The builds beside this one, and those that it triggers, have events of their own.
    public override TimeSpan RefreshInterval => TimeSpan.FromSeconds(3);

    public override async Task<PageState?> Read(DashboardReader reader, PageState? previous, CancellationToken cancellationToken)
    {
        if (await reader.Data.Get(new BuildByRef(BuildId), Whole, cancellationToken).ConfigureAwait(false) is not { } build)
            return null;

        using var parts = new PartsWriter(previous);
        await AddBuild(parts, build, reader, cancellationToken).ConfigureAwait(false);
        AddSources(parts, build);
        await AddProperties(parts, build, reader, cancellationToken).ConfigureAwait(false);
        await AddSteps(parts, build, reader, cancellationToken).ConfigureAwait(false);
        await AddNeighbours(parts, build, reader, cancellationToken).ConfigureAwait(false);
        await AddFamily(parts, build, reader, cancellationToken).ConfigureAwait(false);
        return parts.ToState();
    }

    private static async Task AddBuild(PartsWriter parts, Build build, DashboardReader reader, CancellationToken cancellationToken)
    {
        TimeSpan? median = await reader.GetMedian(build.BuilderId, cancellationToken).ConfigureAwait(false);
        parts.Add("build", json =>
        {
            json.WriteBuild(build);
            json.WriteDuration("median", median);
            json.WriteNumber("locks", 1000 * build.LocksDurationSeconds);
            json.WriteNumber("request", build.BuildRequestId);
            json.WriteNumber("buildset", build.BuildsetId);
            json.WriteNumber("master", build.MasterId);
            json.WriteTime("submitted", build.BuildRequest?.SubmittedAt);
            json.WriteNumber("priority", build.BuildRequest?.Priority ?? 0);
            json.WriteText("reason", build.Buildset?.Reason);
            json.WriteText("scheduler", build.Buildset?.Scheduler);
        });
    }

    private static void AddSources(PartsWriter parts, Build build)
    {
        foreach (SourceStamp stamp in build.Buildset?.SourceStamps ?? [])
        {
            parts.Add($"source/{stamp.SourceStampId}", json =>
            {
                json.WriteNumber("id", stamp.SourceStampId);
                json.WriteText("repository", stamp.Repository);
                json.WriteText("branch", stamp.Branch);
                json.WriteText("revision", stamp.Revision);
                json.WriteText("project", stamp.Project);
                json.WriteText("codebase", stamp.Codebase);
                json.WriteText("patch", stamp.Patch is { } patch ? $"{patch.Author}: {patch.Comment}" : null);
            });
        }
    }

    // The properties of the buildset tell what was asked for. Those of the build can replace them.
    private static async Task AddProperties(PartsWriter parts, Build build, DashboardReader reader, CancellationToken cancellationToken)
    {
        PropertyMap asked = await reader.Data.Get(new PropertiesOfBuildset(build.BuildsetId), cancellationToken: cancellationToken).ConfigureAwait(false) ?? [];
        IEnumerable<KeyValuePair<string, Property>> all = build.Properties.Concat(asked.Where(pair => !build.Properties.ContainsKey(pair.Key)));
        foreach ((string name, Property property) in all.OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(MostProperties))
        {
            parts.Add($"property/{name}", json =>
            {
                json.WriteString("name", name);
                json.WriteString("value", PartJson.Cut(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText()));
                json.WriteText("source", property.Source);
            });
        }
    }

    private static async Task AddSteps(PartsWriter parts, Build build, DashboardReader reader, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StepStatistics> medians = await reader.GetSteps(build.BuilderId, cancellationToken).ConfigureAwait(false);
        ResourceList<Step> steps = await reader.Data.GetAll(new StepsOfBuild(build.BuildId), VisibleSteps, cancellationToken).ConfigureAwait(false);
        foreach (Step step in steps)
            parts.Add($"step/{step.StepId}", json => WriteStep(json, step, medians.GetValueOrDefault(step.Name)));
        if (steps.Count == MostSteps)
            parts.Add("more/steps", static json => json.WriteNumber("limit", MostSteps));
    }

    private static void WriteStep(Utf8JsonWriter json, Step step, StepStatistics? statistics)
    {
        json.WriteNumber("id", step.StepId);
        json.WriteNumber("number", step.Number);
        json.WriteString("name", step.Title ?? step.Name);
        json.WriteResult(step.Results);
        json.WriteTime("started", step.StartedAt);
        json.WriteTime("unlocked", step.LocksAcquiredAt);
        json.WriteTime("ended", step.CompleteAt);
        json.WriteText("state", step.StateString);
        json.WriteDuration("median", statistics?.MedianDuration);
        if (step.Urls.Count == 0)
            return;

        json.WriteStartArray("links");
        foreach (StepUrl link in step.Urls.Take(MostLinks))
        {
            json.WriteStartObject();
            json.WriteString("name", PartJson.Cut(link.Name));
            json.WriteString("url", link.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static async Task AddNeighbours(PartsWriter parts, Build build, DashboardReader reader, CancellationToken cancellationToken)
    {
        await Add("previous", FilterOperator.LessThan, descending: true).ConfigureAwait(false);
        await Add("next", FilterOperator.GreaterThan, descending: false).ConfigureAwait(false);

        async Task Add(string key, FilterOperator isBeside, bool descending)
        {
            var spec = new ResultSpec { Filters = [new Filter("number", isBeside, build.Number)], Order = [new Order("number", descending)], Limit = 1 };
            ResourceList<Build> beside = await reader.Data.GetAll(new BuildsOfBuilder(build.BuilderId), spec, cancellationToken).ConfigureAwait(false);
            if (beside.Count == 1)
                parts.Add(key, json => json.WriteBuild(beside[0]));
        }
    }

    private static async Task AddFamily(PartsWriter parts, Build build, DashboardReader reader, CancellationToken cancellationToken)
    {
        if (build.Buildset?.ParentBuildId is { } parentId && await Find(parentId).ConfigureAwait(false) is { } parent)
            parts.Add("parent", json => json.WriteBuild(parent));
        if (build.Buildset?.RebuiltBuildId is { } originalId && await Find(originalId).ConfigureAwait(false) is { } original)
            parts.Add("original", json => json.WriteBuild(original));

        var spec = new ResultSpec { Limit = MostTriggered };
        foreach (Build triggered in await reader.Data.GetAll(new BuildsTriggeredBy(build.BuildId), spec, cancellationToken).ConfigureAwait(false))
            parts.Add($"triggered/{triggered.BuildId}", json => json.WriteBuild(triggered));

        Task<Build?> Find(long id) => reader.Data.Get(new BuildByRef(id), cancellationToken: cancellationToken);
    }
}
