using System.Diagnostics;
using BuildData.Torture.Running;
using BuildData.Torture.Soak;

namespace BuildData.Torture.Tests.Soak;

internal sealed class SoakCheckTests
{
    private const int Readings = 40;
    private const int ReadingsWithLeak = 16;

    [Test]
    public async Task Soak_ShortForm_NothingGrows()
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new SoakCheck(SoakSettings.Short), Readings);

        figures["removed builds"].Should().BePositive("data that only comes proves nothing");
    }

    [Test]
    public async Task Soak_PostgreSql_NothingGrows()
    {
        if (PostgreSqlServer.Missing is { } missing)
            Assert.Ignore(missing);

        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new SoakCheck(SoakSettings.Short), 2 * Readings, "postgresql");

        figures["removed builds"].Should().BePositive("data that only comes proves nothing");
    }

    [Test]
    public async Task Soak_ListGrowsWithEachUpdate_Violation()
    {
        var kept = new List<byte[]>();

        await ShouldFind("heap MB grows", new LeakingLane(100, _ => kept.Add(new byte[1_000_000])));
    }

    [Test]
    public async Task Soak_SubscriptionsWithoutEventsStay_Violation() =>
        await ShouldFind("heap MB grows", new LeakingLane(60_000, world => world.Data.Events.Subscribe("/builds/999999999")));

    [Test]
    public async Task Soak_FilesStayOpen_Violation()
    {
        var open = new List<FileStream>();
        try
        {
            await ShouldFind("open files grows", new LeakingLane(60, _ => open.Add(File.OpenRead("/dev/null"))));
        }
        finally
        {
            open.ForEach(file => file.Dispose());
        }
    }

    /// <summary>Runs the check with something that nobody ends, and looks for a sentence in its verdict.</summary>
    private static async Task ShouldFind(string text, Lane lane)
    {
        Func<Task> run = () => ShortForm.Run(new SoakCheck(SoakSettings.Short, lane), ReadingsWithLeak);

        (await run.Should().ThrowAsync<ViolationException>()).WithMessage($"*{text}*");
    }

    /// <summary>Leaks at the same rate, however busy the machine is.</summary>
    private sealed class LeakingLane(int perSecond, Action<SoakWorld> leak) : Lane
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private int _leaked;

        public override string Name => "leaks";

        protected override Task Act(SoakWorld world, Random random, CancellationToken end)
        {
            for (; _leaked < _clock.Elapsed.TotalSeconds * perSecond && !end.IsCancellationRequested; _leaked++)
                leak(world);
            return Task.CompletedTask;
        }
    }
}
