using System.Text.Json;
using BuildData.Resources;
using BuildData.Testing;

namespace BuildData.Tests;

internal sealed class DataEventFactoryTests
{
    private static readonly EventCursor Cursor = new(7, DateTimeOffset.UnixEpoch);

    private static IEnumerable<TestCaseData> PublicEvents =>
        from type in ResourceTypes.All
        from name in type.PublicEventNames
        select new TestCaseData(type.Kind, name);

    [TestCaseSource(nameof(PublicEvents))]
    public async Task CreateUntyped_ResourceOfAnAnnouncedEvent_IsTheSameEvent(string kind, string name)
    {
        await using TestMaster test = await TestMaster.OpenWithClock();
        IReadOnlyList<DataEvent> all = await AnnounceEverything(test);
        DataEvent announced = all.First(e => ResourceTypes.Catalog.OfKind(kind).ResourceType == e.Resource.GetType() && e.Name == name);
        long? buildId = announced.Resource is PropertyMap ? announced.Id : null;

        DataEvent created = DataEventFactory.CreateUntyped(announced.Resource, name, announced.Cursor, buildId);

        created.Paths.Should().Equal(announced.Paths);
        JsonSerializer.Serialize(created, BuildDataJsonContext.Default.DataEvent).Should().Be(JsonSerializer.Serialize(announced, BuildDataJsonContext.Default.DataEvent));
    }

    [Test]
    public void Create_UnknownName_ThrowsWithTheNamesOfTheType() =>
        Creating(new Build(), "complete").Should().Throw<ArgumentException>().WithMessage("There is no event 'complete' about a build. Its events are: new, update, cancel, finished, removed.*");

    [Test]
    public void Create_TypeWithoutPublicEvents_Throws() =>
        Creating(new SourceStamp(), "new").Should().Throw<ArgumentException>().WithMessage("There are no public events about a source stamp.*");

    [Test]
    public void Create_ObjectIsNoResource_Throws() =>
        Creating("a text", "new").Should().Throw<ArgumentException>().WithMessage("A String is not a resource*");

    [Test]
    public void Create_PropertiesWithoutBuild_Throws() =>
        Creating(new PropertyMap(), "update").Should().Throw<ArgumentException>().WithMessage("*Pass the id.*");

    [Test]
    public void Create_BuildWithASecondId_Throws() =>
        Creating(new Build { BuildId = 5 }, "new", buildId: 6).Should().Throw<ArgumentException>().WithMessage("A build contains its id.*");

    [Test]
    public void Create_PropertiesThatCanBeChanged_CopiesThem()
    {
        var properties = new PropertyMap { ["owner"] = ("ann", "Scheduler") };

        DataEvent<PropertyMap> e = DataEventFactory.Create(properties, "update", Cursor, buildId: 5);

        properties["owner"] = ("bob", "Scheduler");
        e.Resource["owner"].Value.GetString().Should().Be("ann");
        e.Resource.IsReadOnly.Should().BeTrue();
    }

    private static Action Creating<T>(T resource, string name, long? buildId = null)
        where T : class =>
        () => DataEventFactory.Create(resource, name, Cursor, buildId);

    private static async Task<IReadOnlyList<DataEvent>> AnnounceEverything(TestMaster test)
    {
        await using Subscription events = test.Events.Subscribe([.. Given.Everything, "/workers/*", "/masters/*", "/logs/*"]);
        TestBuildRequest request = await test.Updates.AddTestBuildRequest();
        (await test.Updates.ClaimBuildRequests([request.BuildRequestId])).Succeeded.Should().BeTrue();
        await test.Updates.UnclaimBuildRequests([request.BuildRequestId]);
        TestBuild build = await test.Updates.AddTestBuild();
        await test.Updates.UpdateBuilderInfo(build.BuilderId, description: "Linux");
        await test.Updates.SetBuildStateString(build.BuildId, "compiling");
        await test.Updates.SetBuildProperty(build.BuildId, "revision", ("9f3c1e", "Git"));
        AddedStep step = await test.Updates.NewStep(build.BuildId, "compile");
        await test.Updates.StartStep(step.StepId);
        await test.Updates.SetStepStateString(step.StepId, "linking");
        AddedLog log = await test.Updates.AddLog(step.StepId, "stdio", LogType.Stdio);
        await test.Updates.AppendLog(log.LogId, "oa line\n");
        await test.Updates.FinishLog(log.LogId);
        await test.Updates.RemoveLogContent(log.LogId, CancellationToken.None);
        await test.Updates.FinishStep(step.StepId, BuildResult.Success);
        await test.Updates.CancelBuildRequests([build.BuildRequestId], "no longer needed");
        await test.Updates.AddTestBuild(results: BuildResult.Failure);
        await test.Updates.AddTestBuild(results: BuildResult.Success);
        test.Clock.Advance(TimeSpan.FromDays(2));
        await test.Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(1), atLeastPerBuilder: 1));
        long worker = await test.Updates.EnsureWorker("worker-2");
        await test.Updates.WorkerConnected(worker);
        await test.Updates.SetWorkerPaused(worker, paused: true);
        await test.Updates.WorkerMissing(worker, "yesterday", ["ann@example.org"]);
        await test.Updates.WorkerDisconnected(worker);
        await test.Updates.UpdateBuilderList(["of a list"]);
        await test.Updates.MasterStopped();
        await test.Updates.MasterActive();
        await test.Updates.RemoveBuilder(await test.Updates.EnsureBuilder("of a list"));
        return events.ReadAvailable();
    }
}
