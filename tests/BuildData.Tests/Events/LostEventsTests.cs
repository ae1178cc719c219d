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
    public async Task WatchOfSeveralPaths_EventsAreLost_EndsWithThat()
    {
        await using CombinedWatch watch = await Data.Watch(["/builders", "/steps"]);

        Master.Events.Dispatcher.EndAllAsLost(Master.Data.Events.LastSequence);

        await FluentActions.Awaiting(async () => { await foreach (CombinedWatchChange _ in watch) { } }).Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task GetVersion_EventsAreLostAndNumbersAreUsedAgain_IsAlwaysNew()
    {
        EventCursor before = Master.Data.Events.LastCursor;
        var versions = new List<string?> { await Data.GetVersion() };
        for (int i = 0; i < 3; i++)
        {
            Master.Events.Dispatcher.EndAllAsLost(before);
            versions.Add(await Data.GetVersion());
            await Updates.FindBuilderId($"{i}");
            versions.Add(await Data.GetVersion());
        }

        versions.Should().OnlyHaveUniqueItems();
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
