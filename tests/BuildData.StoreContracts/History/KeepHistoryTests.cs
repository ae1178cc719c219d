namespace BuildData.StoreContracts;

/// <summary>A master removes old history in the background if its options say so.</summary>
public abstract class KeepHistoryTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    [Test]
    public async Task KeepHistory_AtTheOpening_RemovesOldBuilds()
    {
        await Updates.AddFinished(Data, count: 3);
        Clock.Advance(Month * 2);
        await Master.DisposeAsync();

        await using Master next = await Store.Open(options =>
        {
            options.TimeProvider = Clock;
            options.KeepHistory(Month, atLeastPerBuilder: 1);
        });

        await BuildsAreGone(next, left: 1);
    }

    [Test]
    public async Task KeepHistory_Later_RemovesWhatHasBecomeOld()
    {
        await Master.DisposeAsync();
        await using Master keeping = await Store.Open(options =>
        {
            options.TimeProvider = Clock;
            options.HistoryKept = new HistoryPolicy(Month, atLeastPerBuilder: 2);
        });
        await keeping.Data.Updates.AddFinished(keeping.Data, count: 3);

        // The timer of the loop is created before the opening ends, so it sees the new time.
        Clock.Advance(Month * 2);

        await BuildsAreGone(keeping, left: 2);
    }

    [Test]
    public async Task KeepHistory_Disposed_EndsItsLoop()
    {
        await Master.DisposeAsync();
        int timers = Clock.TimerCount;
        Master keeping = await Store.Open(options =>
        {
            options.TimeProvider = Clock;
            options.KeepHistory(Month);
        });

        await keeping.DisposeAsync();

        Clock.TimerCount.Should().Be(timers);
    }

    [TestCase(0, 1)]
    [TestCase(-1, 1)]
    [TestCase(1, -1)]
    public void KeepHistory_WrongArgument_IsRefused(int days, int atLeast)
    {
        Action act = () => new BuildDataOptions().KeepHistory(TimeSpan.FromDays(days), atLeast);

        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static async Task BuildsAreGone(Master master, int left)
    {
        await using Watch<Build> watch = await master.Data.Watch<Build>("/builds");
        using var patience = new CancellationTokenSource(Given.Patience);
        if (watch.Current.Count == left)
            return;

        await foreach (WatchChange<Build> _ in watch.WithCancellation(patience.Token))
        {
            if (watch.Current.Count == left)
                return;
        }
    }
}
