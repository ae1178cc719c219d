namespace BuildData.Tests;

/// <summary>The store has lost events that were published, as after a failover.</summary>
internal abstract class LostEventsTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Watch_EventsAreLost_EndsWithThat()
    {
        await using Watch<Builder> watch = await Data.Watch<Builder>("/builders");

        Master.Events.Dispatcher.EndAllAsLost(Master.Data.Events.LastSequence);

        await watch.Awaiting(one => one.Rest()).Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task WaitFor_EventsAreLostMeanwhile_WaitsOn()
    {
        long buildId = await Updates.Build();
        Task<Build> waiting = Data.WaitFor<Build>($"/builds/{buildId}", "finished");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Master.Events.Dispatcher.MeasureBacklog().Subscribers == 0)
            await Task.Delay(1, patience.Token);

        Master.Events.Dispatcher.EndAllAsLost(Master.Data.Events.LastSequence);
        await Updates.FinishBuild(buildId, BuildResult.Success);

        (await waiting.WaitAsync(patience.Token)).Complete.Should().BeTrue();
    }
}
