namespace BuildData.Tests;

/// <summary>Updates of many callers share their round trips, whatever they do.</summary>
internal sealed class RoundTripsTests
{
    private const int Callers = 64;

    private PostgreSqlTestStore _store = null!;
    private PostgreSqlProxy _proxy = null!;
    private Master _master = null!;
    private long[] _builders = [];
    private long[] _requests = [];
    private long[] _builds = [];
    private long[] _steps = [];
    private long[] _buildsets = [];

    private static IEnumerable<TestCaseData> Kinds =>
    [
        Kind(nameof(Updates.FindBuilderId), (u, _, i) => u.FindBuilderId($"new {i}")),
        Kind(nameof(Updates.FindWorkerId), (u, _, i) => u.FindWorkerId($"new-{i}")),
        Kind(nameof(Updates.UpdateBuilderInfo), (u, rows, i) => u.UpdateBuilderInfo(rows._builders[i], "description", null, null, null, ["tag"])),
        Kind("AddBuildset_OfANewSourceStamp", (u, rows, i) => u.AddBuildset(builderIds: [rows._builders[i]], sourceStamps: [new SourceStampKey { Revision = $"{i}" }])),
        Kind(
            "AddBuildset_OfAPatch",
            (u, rows, i) => u.AddBuildset(
                builderIds: [rows._builders[i]], sourceStamps: [new SourceStampKey { Revision = "1", Patch = new PatchKey { Body = "+ line", Author = "", Comment = $"{i}" } }])),
        Kind(
            "AddBuildset_OfAKnownSourceStampAndSeveralBuilders",
            (u, rows, i) => u.AddBuildset(builderIds: [rows._builders[i], rows._builders[(i + 1) % Callers]], sourceStamps: [Given.Main])),
        Kind("AddBuildset_OfAUniqueKey", (u, rows, i) => u.AddBuildset(builderIds: [rows._builders[i]], uniqueKey: $"{i}")),
        Kind(nameof(Updates.ClaimBuildRequests), (u, rows, i) => u.ClaimBuildRequests([rows._requests[i]])),
        Kind(nameof(Updates.UnclaimBuildRequests), (u, rows, i) => u.UnclaimBuildRequests([rows._requests[i]])),
        Kind(nameof(Updates.CompleteBuildRequests), (u, rows, i) => u.CompleteBuildRequests([rows._requests[i]], BuildResult.Success)),
        Kind(nameof(Updates.MaybeBuildsetComplete), (u, rows, i) => u.MaybeBuildsetComplete(rows._buildsets[i])),
        Kind(nameof(Updates.AddBuild), (u, rows, i) => u.AddBuild(rows._builders[i], rows._requests[i])),
        Kind(nameof(Updates.SetBuildStateString), (u, rows, i) => u.SetBuildStateString(rows._builds[i], "changed")),
        Kind(nameof(Updates.SetBuildProperty), (u, rows, i) => u.SetBuildProperty(rows._builds[i], "name", ("value", "test"))),
        Kind(nameof(Updates.FinishBuild), (u, rows, i) => u.FinishBuild(rows._builds[i], BuildResult.Success)),
        Kind(nameof(Updates.NewStep), (u, rows, i) => u.NewStep(rows._builds[i], "new")),
        Kind(nameof(Updates.StartStep), (u, rows, i) => u.StartStep(rows._steps[i])),
        Kind(nameof(Updates.SetStepStateString), (u, rows, i) => u.SetStepStateString(rows._steps[i], "changed")),
        Kind(nameof(Updates.SetStepLocksAcquiredAt), (u, rows, i) => u.SetStepLocksAcquiredAt(rows._steps[i])),
        Kind(nameof(Updates.AddStepUrl), (u, rows, i) => u.AddStepUrl(rows._steps[i], "log", "https://example.org")),
        Kind(nameof(Updates.FinishStep), (u, rows, i) => u.FinishStep(rows._steps[i], BuildResult.Success)),
    ];

    [SetUp]
    public async Task OpenMasters()
    {
        PostgreSqlServer server = await SharedServer.Get();
        _store = await PostgreSqlTestStore.Create(server);
        _proxy = PostgreSqlProxy.Start(server);

        // Another master makes the rows, so that this one knows nothing of them.
        await using (Master maker = await _store.Open(options => options.MasterName = "maker"))
            await MakeRows(maker.Data.Updates);
        _master = await Master.Open(options => options.UsePostgreSql(_proxy.Through(_store.ConnectionString)).KeepEvents(TimeSpan.FromHours(1)));
    }

    [TearDown]
    public async Task CloseMaster()
    {
        // There is none if the tests were skipped for want of a server.
        if (_master is null)
            return;
        await _master.DisposeAsync();
        await _proxy.DisposeAsync();
        await _store.DisposeAsync();
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task Update_OfManyCallers_SharesRoundTrips(Func<Updates, RoundTripsTests, int, Task> update)
    {
        MessageCut messages = _proxy.CountMessages();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => update(_master.Data.Updates, this, i)));

        // A message of this type ends what goes together.
        messages.Types.Count(type => type == 'S').Should().BeLessThan(Callers / 2);
    }

    private static TestCaseData Kind(string name, Func<Updates, RoundTripsTests, int, Task> update) => new TestCaseData(update).SetArgDisplayNames(name);

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
