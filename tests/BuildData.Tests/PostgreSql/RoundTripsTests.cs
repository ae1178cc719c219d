namespace BuildData.Tests;

/// <summary>Updates of many callers share their round trips, whatever they do.</summary>
internal sealed class RoundTripsTests : ProxyTests
{
    private const int Callers = 64;

    private long[] _builders = [];
    private long[] _requests = [];
    private long[] _builds = [];
    private long[] _steps = [];
    private long[] _buildsets = [];

    private static IEnumerable<TestCaseData> Cases =>
    [
        Case(nameof(Updates.FindBuilderId), (u, _, i) => u.FindBuilderId($"new {i}")),
        Case(nameof(Updates.FindWorkerId), (u, _, i) => u.FindWorkerId($"new-{i}")),
        Case(nameof(Updates.UpdateBuilderInfo), (u, rows, i) => u.UpdateBuilderInfo(rows._builders[i], "description", null, null, null, ["tag"])),
        Case("AddBuildset_OfANewSourceStamp", (u, rows, i) => u.AddBuildset(builderIds: [rows._builders[i]], sourceStamps: [new SourceStampKey { Revision = $"{i}" }])),
        Case(
            "AddBuildset_OfAPatch",
            (u, rows, i) => u.AddBuildset(
                builderIds: [rows._builders[i]], sourceStamps: [new SourceStampKey { Revision = "1", Patch = new PatchKey { Body = "+ line", Author = "", Comment = $"{i}" } }])),
        Case(
            "AddBuildset_OfAKnownSourceStampAndSeveralBuilders",
            (u, rows, i) => u.AddBuildset(builderIds: [rows._builders[i], rows._builders[(i + 1) % Callers]], sourceStamps: [Given.Main])),
        Case("AddBuildset_OfAUniqueKey", (u, rows, i) => u.AddBuildset(builderIds: [rows._builders[i]], uniqueKey: $"{i}")),
        Case(nameof(Updates.ClaimBuildRequests), (u, rows, i) => u.ClaimBuildRequests([rows._requests[i]])),
        Case(nameof(Updates.ClaimNext), (u, rows, i) => u.ClaimNext([rows._builders[i]])),
        Case("ClaimNext_OfSeveralBuilders", (u, rows, i) => u.ClaimNext(rows._builders)),
        Case(nameof(Updates.StartNext), (u, rows, i) => u.StartNext(null, [rows._builders[i]])),
        Case("StartNext_OfSeveralBuilders", (u, rows, i) => u.StartNext(null, rows._builders)),
        Case(nameof(Updates.UnclaimBuildRequests), (u, rows, i) => u.UnclaimBuildRequests([rows._requests[i]])),
        Case(nameof(Updates.CompleteBuildRequests), (u, rows, i) => u.CompleteBuildRequests([rows._requests[i]], BuildResult.Success)),
        Case(nameof(Updates.MaybeBuildsetComplete), (u, rows, i) => u.MaybeBuildsetComplete(rows._buildsets[i])),
        Case(nameof(Updates.AddBuild), (u, rows, i) => u.AddBuild(rows._builders[i], rows._requests[i])),
        Case(nameof(Updates.SetBuildStateString), (u, rows, i) => u.SetBuildStateString(rows._builds[i], "changed")),
        Case(nameof(Updates.SetBuildProperty), (u, rows, i) => u.SetBuildProperty(rows._builds[i], "name", ("value", "test"))),
        Case(nameof(Updates.FinishBuild), (u, rows, i) => u.FinishBuild(rows._builds[i], BuildResult.Success)),
        Case(nameof(Updates.NewStep), (u, rows, i) => u.NewStep(rows._builds[i], "new")),
        Case(nameof(Updates.StartStep), (u, rows, i) => u.StartStep(rows._steps[i])),
        Case(nameof(Updates.SetStepStateString), (u, rows, i) => u.SetStepStateString(rows._steps[i], "changed")),
        Case(nameof(Updates.SetStepLocksAcquiredAt), (u, rows, i) => u.SetStepLocksAcquiredAt(rows._steps[i])),
        Case(nameof(Updates.AddStepUrl), (u, rows, i) => u.AddStepUrl(rows._steps[i], "log", "https://example.org")),
        Case(nameof(Updates.FinishStep), (u, rows, i) => u.FinishStep(rows._steps[i], BuildResult.Success)),
    ];

    [TestCaseSource(nameof(Cases))]
    public async Task Update_OfManyCallers_SharesRoundTrips(Func<Updates, RoundTripsTests, int, Task> update)
    {
        MessageCut messages = Proxy.CountMessages();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => update(Updates, this, i)));

        // A message of the type Sync ends each round trip.
        messages.Types.Count(type => type == 'S').Should().BeLessThan(Callers / 2);
    }

    protected override async Task PrepareStore()
    {
        // Another master makes the rows, so that the one that is tested knows nothing of them.
        await using Master maker = await Store.Open(options => options.MasterName = "maker");
        await MakeRows(maker.Data.Updates);
    }

    private static TestCaseData Case(string name, Func<Updates, RoundTripsTests, int, Task> update) => new TestCaseData(update).SetArgDisplayNames(name);

    private async Task MakeRows(Updates updates)
    {
        _builders = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => updates.FindBuilderId($"{i}")));
        AddedBuildset[] added = await Task.WhenAll(_builders.Select(builder => updates.AddBuildset(builderIds: [builder])));
        _buildsets = [.. added.Select(result => result.BuildsetId)];
        _requests = [.. added.Select((result, i) => result.BuildRequestIds[_builders[i]])];
        _builds = [.. (await Task.WhenAll(_builders.Select((builder, i) => updates.AddBuild(builder, _requests[i])))).Select(build => build.BuildId)];
        _steps = [.. (await Task.WhenAll(_builds.Select(build => updates.NewStep(build, "step")))).Select(step => step.StepId)];
    }
}
