using System.Diagnostics;

namespace BuildData.StoreContracts;

/// <summary>The activity of an update has the ids of what it changes.</summary>
public abstract class TracedIdsTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Trace_UpdateOfAStep_HasItsId()
    {
        long stepId = await Updates.Step();

        Activity activity = await Trace(() => Updates.StartStep(stepId));

        activity.GetTagItem("builddata.operation.name").Should().Be("StartStep");
        activity.GetTagItem("builddata.step.id").Should().Be(stepId);
    }

    [Test]
    public async Task Trace_AddBuild_HasTheIdsOfItsArgumentsAndItsResult()
    {
        (_, long requestId, long builderId) = await Updates.Request();
        long workerId = await Updates.FindWorkerId("worker-1");
        AddedBuild? build = null;

        Activity activity = await Trace(async () => build = await Updates.AddBuild(builderId, requestId, workerId));

        activity.TagObjects.Should().Contain(
        [
            new("builddata.builder.id", builderId),
            new("builddata.buildrequest.id", requestId),
            new("builddata.worker.id", workerId),
            new("builddata.build.id", build!.BuildId),
        ]);
    }

    [Test]
    public async Task Trace_NewStep_HasTheIdsOfItsBuildAndItself()
    {
        long buildId = await Updates.Build();
        AddedStep? step = null;

        Activity activity = await Trace(async () => step = await Updates.NewStep(buildId, "compile"));

        activity.TagObjects.Should().Contain([new("builddata.build.id", buildId), new("builddata.step.id", step!.StepId)]);
    }

    [Test]
    public async Task Trace_AddBuildset_HasTheIdsOfItsBuildersAndItself()
    {
        long[] builders = [await Updates.FindBuilderId("linux"), await Updates.FindBuilderId("mac")];
        AddedBuildset? buildset = null;

        Activity activity = await Trace(async () => buildset = await Updates.AddBuildset(builderIds: builders));

        activity.GetTagItem("builddata.builder.ids").Should().BeEquivalentTo(builders);
        activity.GetTagItem("builddata.buildset.id").Should().Be(buildset!.BuildsetId);
    }

    [Test]
    public async Task Trace_FindBuilderId_HasTheIdThatItReturns()
    {
        long builderId = 0;

        Activity activity = await Trace(async () => builderId = await Updates.FindBuilderId("linux"));

        activity.GetTagItem("builddata.builder.id").Should().Be(builderId);
    }

    [Test]
    public async Task Trace_ClaimOfManyRequests_HasTheIdsOfTheFirst()
    {
        long[] requests = new long[70];
        for (int i = 0; i < requests.Length; i++)
            requests[i] = (await Updates.Request(stamp: new SourceStampKey { Revision = $"{i}" })).RequestId;

        Activity activity = await Trace(() => Updates.ClaimBuildRequests(requests));

        activity.GetTagItem("builddata.buildrequest.ids").Should().BeEquivalentTo(requests[..64]);
    }

    private static async Task<Activity> Trace(Func<Task> update)
    {
        using var traced = new Traced();
        await update();
        return traced.Activities.Should().ContainSingle().Which;
    }
}
