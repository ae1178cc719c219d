using BuildData.Api;
using BuildData.Diagnostics;
using BuildData.Queries;

namespace BuildData.Tests;

/// <summary>The number of statements depends on what a query includes, and not on the number of resources.</summary>
internal abstract class IncludeStatementsTests(StoreKind kind) : MasterTests(kind)
{
    private RecordingStore _recorded = null!;
    private QueryExecutor _queries = null!;
    private Telemetry _telemetry = null!;

    [SetUp]
    public void RecordStatements()
    {
        _telemetry = new Telemetry(null, null, "recorded");
        _recorded = new RecordingStore(Master.Store);
        _queries = new QueryExecutor(_recorded, maxResults: 10_000, _telemetry);
    }

    [TearDown]
    public void DisposeTelemetry() => _telemetry?.Dispose();

    [Test]
    public async Task ReadOne_BuildWithAHundredStepsPropertiesAndRequest_NeedsThreeStatements()
    {
        long build = await AddBuild(await Updates.FindBuilderId("linux"), steps: 100);

        Build? read = await _queries.ReadOne(new BuildByRef(build), new ResultSpec { Include = ["steps", "properties", "buildrequest"] }, CancellationToken.None);

        read!.Steps.Should().HaveCount(100);
        read.Properties.Should().ContainKey("owner");
        read.BuildRequest.Should().NotBeNull();
        ShouldHaveSent(1, 2);
    }

    [TestCase(1)]
    [TestCase(30)]
    public async Task ReadAll_PageWithEverything_NeedsAsManyStatementsForOneAsForMany(int builds)
    {
        for (int i = 0; i < builds; i++)
            await AddBuild(await Updates.FindBuilderId($"builder {i}"), steps: 2);

        ResourceList<Build> page = await _queries.ReadAll(
            new AllBuilds(), new ResultSpec { Include = ["steps", "properties", "buildrequest", "buildset"], Limit = 1_000 }, CancellationToken.None);
        await _queries.ReadAll(new AllBuildsets(), new ResultSpec { Include = ["buildrequests", "builds", "properties"] }, CancellationToken.None);
        await _queries.ReadAll(new AllBuildRequests(), new ResultSpec { Include = ["builds", "buildset", "properties"] }, CancellationToken.None);
        await _queries.ReadAll(new AllBuilders(), new ResultSpec { Include = ["newest_build"] }, CancellationToken.None);

        page.Should().HaveCount(builds).And.OnlyContain(build => build.Steps!.Count == 2);
        ShouldHaveSent(1, 3, 1, 3, 1, 2, 1, 1);
    }

    [Test]
    public async Task ReadAll_Statements_HaveTheSameTextsForOneAsForMany()
    {
        await AddBuild(await Updates.FindBuilderId("linux"), steps: 1);
        await _queries.ReadAll(new AllBuilds(), new ResultSpec { Include = ["steps", "buildset"] }, CancellationToken.None);
        await AddBuild(await Updates.FindBuilderId("linux"), steps: 2);

        await _queries.ReadAll(new AllBuilds(), new ResultSpec { Include = ["steps", "buildset"] }, CancellationToken.None);

        string[] texts = [.. _recorded.Statements.Select(statement => statement.Text)];
        texts[..3].Should().Equal(texts[3..]);
    }

    [Test]
    public async Task ReadAll_EmptyPage_ReadsNothingElse()
    {
        await _queries.ReadAll(new AllBuilds(), new ResultSpec { Include = ["steps", "buildset"] }, CancellationToken.None);

        ShouldHaveSent(1);
    }

    [Test]
    public async Task ReadOne_NoIncludes_NeedsNoSnapshot()
    {
        await _queries.ReadOne(new BuildByRef(1), new ResultSpec { Include = ["properties"] }, CancellationToken.None);

        _recorded.Snapshots.Should().Be(0);
    }

    private void ShouldHaveSent(params int[] statements)
    {
        _recorded.RoundTrips.Select(sent => sent.Count).Should().Equal(statements);
        _recorded.StatementsInSnapshots.Should().Be(statements.Sum(), "they must see the same state");
    }

    private async Task<long> AddBuild(long builder, int steps)
    {
        AddedBuildset added = await Updates.AddBuildset(sourceStamps: [Given.Main], properties: new() { ["owner"] = ("ann", "S") }, builderIds: [builder]);
        AddedBuild build = await Updates.AddBuild(builder, added.BuildRequestIds[builder]);
        await Updates.SetBuildProperty(build.BuildId, "owner", ("ann", "S"));
        await Task.WhenAll(Enumerable.Range(0, steps).Select(_ => Updates.NewStep(build.BuildId, "s")));
        return build.BuildId;
    }
}
