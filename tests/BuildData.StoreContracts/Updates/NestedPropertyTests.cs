namespace BuildData.StoreContracts;

/// <summary>A value that is nested as deep as JSON may be, inside of an event that is kept.</summary>
public abstract class NestedPropertyTests(StoreKind kind) : MasterTests(kind)
{
    protected override void Configure(BuildDataOptions options) => options.KeepEvents(TimeSpan.FromHours(1));

    [Test]
    public async Task SetBuildProperty_NestedAsDeepAsMayBe_IsKeptAndReadBack()
    {
        long buildId = await Updates.Build();
        long cursor = Data.Events.LastSequence;
        Property deep = Property.Parse(new string('[', 64) + new string(']', 64), "test");

        await Updates.SetBuildProperty(buildId, "deep", deep);
        await Updates.FinishBuild(buildId, BuildResult.Success);

        await using Subscription kept = Data.Events.Subscribe([$"/builds/{buildId}?property=*", $"/builds/{buildId}/properties"], cursor);
        List<DataEvent> events = await kept.Next(2);
        ((PropertyMap)events[0].Resource)["deep"].Should().Be(deep);
        ((Build)events[1].Resource).Properties["deep"].Should().Be(deep);
    }
}
