using BuildData.Resources;

namespace BuildData.Tests;

/// <summary>A master that changes nothing and follows everything: it must end up with what the tables hold.</summary>
internal sealed class Onlooker
{
    private const int Plenty = 10_000_000;

    private readonly Master _master;
    private readonly Watch<Buildset> _buildsets;
    private readonly Watch<BuildRequest> _requests;
    private readonly Watch<Build> _builds;
    private readonly Watch<Step> _steps;
    private readonly Task[] _watching;
    private readonly Task<List<DataEvent>> _hearing;

    private Onlooker(Master master, Watch<Buildset> buildsets, Watch<BuildRequest> requests, Watch<Build> builds, Watch<Step> steps)
    {
        _master = master;
        (_buildsets, _requests, _builds, _steps) = (buildsets, requests, builds, steps);
        _watching = [Read(buildsets), Read(requests), Read(builds), Read(steps)];
        FirstSequence = master.Data.Events.LastSequence;
        _hearing = master.Data.Events.Subscribe([.. ResourceTypes.All.SelectMany(type => type.EventPatterns)]).Rest();
    }

    /// <summary>The number of the last event that was announced before it listened.</summary>
    public long FirstSequence { get; }

    /// <summary>The events that it was told of.</summary>
    public Task<List<DataEvent>> Heard => _hearing;

    public static async Task<Onlooker> Start(TestStore store)
    {
        Master master = await Open(store, "onlooker");
        return new Onlooker(
            master,
            await master.Data.Watch<Buildset>("/buildsets"),
            await master.Data.Watch<BuildRequest>("/buildrequests"),
            await master.Data.Watch<Build>("/builds"),
            await master.Data.Watch<Step>("/steps"));
    }

    /// <summary>Waits until it has been told of all that is committed, and ends it.</summary>
    public async Task Finish()
    {
        await TellLast();
        await _master.DisposeAsync();
        await Task.WhenAll(_watching);
        await _hearing;
    }

    /// <summary>What the watches ended with is what a new master reads.</summary>
    public async Task AssertAgreesWith(TestStore store)
    {
        await using Master reader = await Open(store, "reader");
        await AssertSame(_buildsets, reader, buildset => buildset.BuildsetId, "/buildsets");
        await AssertSame(_requests, reader, request => request.BuildRequestId, "/buildrequests");
        await AssertSame(_builds, reader, build => build.BuildId, "/builds");
        await AssertSame(_steps, reader, step => step.StepId, "/steps");
    }

    private static Task<Master> Open(TestStore store, string name) =>
        store.Open(options =>
        {
            (options.MasterName, options.SubscriberBuffer, options.MaxResults) = (name, Plenty, Plenty);

            // Whoever keeps none removes them after some minutes, and the table is to tell of all.
            options.KeepEvents(TimeSpan.FromDays(1));
        });

    private static async Task Read<T>(Watch<T> watch)
        where T : class
    {
        await foreach (WatchChange<T> change in watch)
            change.Sequence.Should().BeGreaterThan(watch.Sequence);
    }

    /// <summary>An event of its own is announced when all before it have been.</summary>
    private async Task TellLast()
    {
        for (int i = 0; ; i++)
        {
            try
            {
                await _master.Data.Updates.FindBuilderId($"last {i}");
                return;
            }
            catch (StoreException) when (i < 100)
            {
                // Its connections may be of before a restart.
                await Task.Delay(100);
            }
        }
    }

    private static async Task AssertSame<T>(Watch<T> watch, Master reader, Func<T, long> id, string path)
        where T : class
    {
        Dictionary<long, T> current = watch.Current.ToDictionary(id);
        var wrong = new List<string>();
        await foreach (T row in reader.Data.Stream<T>(path))
        {
            if (!current.Remove(id(row), out T? watched) || !watched.Equals(row))
                wrong.Add($"{watched?.ToString() ?? "nothing"} instead of {row}");
        }

        wrong.Should().BeEmpty("the watch of {0} has seen every change", path);
        current.Should().BeEmpty("the watch of {0} has seen nothing else", path);
    }
}
