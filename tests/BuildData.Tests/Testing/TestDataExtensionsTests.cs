using BuildData.Testing;

namespace BuildData.Tests;

internal sealed class TestDataExtensionsTests
{
    private TestMaster _test = null!;

    [SetUp]
    public async Task OpenMaster() => _test = await TestMaster.Open();

    [TearDown]
    public async Task CloseMaster() => await _test.DisposeAsync();

    [Test]
    public async Task AddTestBuildRequest_OfABuilder_IsWaiting()
    {
        TestBuildRequest added = await _test.Updates.AddTestBuildRequest("linux");

        BuildRequest request = (await _test.Data.Get<BuildRequest>($"/buildrequests/{added.BuildRequestId}"))!;
        request.Should().BeEquivalentTo(new { added.BuilderId, added.BuildsetId, Claimed = false, Complete = false });
        (await _test.Data.Get<Builder>($"/builders/{"linux"}"))!.BuilderId.Should().Be(added.BuilderId);
    }

    [Test]
    public async Task AddTestBuildRequest_Twice_ReplacesNone()
    {
        await _test.Updates.AddTestBuildRequest("linux");

        await _test.Updates.AddTestBuildRequest("linux");

        (await _test.Data.GetAll<BuildRequest>("/buildrequests?complete=false")).Should().HaveCount(2);
    }

    [Test]
    public async Task AddTestBuild_WithoutAResult_IsRunningForAClaimedRequest()
    {
        TestBuild added = await _test.Updates.AddTestBuild("linux", "worker-1");

        Build build = (await _test.Data.Get<Build>($"/builds/{added.BuildId}"))!;
        build.Should().BeEquivalentTo(new { added.BuilderId, added.BuildRequestId, WorkerId = (long?)added.WorkerId, added.Number, Complete = false });
        (await _test.Data.Get<BuildRequest>($"/buildrequests/{added.BuildRequestId}"))!.Should().BeEquivalentTo(new { added.BuildsetId, Claimed = true, Complete = false });
        (await _test.Data.GetAll<Worker>("/workers")).Select(worker => worker.Name).Should().Equal("worker-1");
    }

    [Test]
    public async Task AddTestBuild_WithAResult_BuildRequestAndBuildsetAreComplete()
    {
        TestBuild added = await _test.Updates.AddTestBuild(results: BuildResult.Failure);

        var expected = new { Complete = true, Results = (BuildResult?)BuildResult.Failure };
        (await _test.Data.Get<Build>($"/builds/{added.BuildId}")).Should().BeEquivalentTo(expected);
        (await _test.Data.Get<BuildRequest>($"/buildrequests/{added.BuildRequestId}")).Should().BeEquivalentTo(expected);
        (await _test.Data.Get<Buildset>($"/buildsets/{added.BuildsetId}")).Should().BeEquivalentTo(expected);
    }

    [Test]
    public async Task AddTestBuild_TwiceOfABuilder_CountsItsBuilds()
    {
        TestBuild first = await _test.Updates.AddTestBuild("linux");

        TestBuild second = await _test.Updates.AddTestBuild("linux");

        second.BuilderId.Should().Be(first.BuilderId);
        second.Number.Should().Be(2);
    }

    // A scheduler under test that reads or follows must not find a request that it could claim.
    [Test]
    public async Task AddTestBuild_ToAnEmptyStore_IsOneTransaction()
    {
        await using Subscription events = _test.Events.Subscribe(Given.Everything);

        await _test.Updates.AddTestBuild();

        events.ReadAvailable().Select(e => e.At).Distinct().Should().HaveCount(1);
    }
}
