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
    [Explicit("The short form of all checks together has little time.")]
    public async Task Soak_PostgreSql_NothingGrows() => await ShortForm.Run(new SoakCheck(SoakSettings.Short), 2 * Readings, "postgresql");

    [Test]
    public async Task Soak_ListGrowsWithEachUpdate_Violation()
    {
        var kept = new List<byte[]>();

        await ShouldFind("heap MB grows", new LeakingLane(_ => kept.Add(new byte[3_000_000])));
    }

    [Test]
    public async Task Soak_SubscriptionsWithoutEventsStay_Violation() =>
        await ShouldFind("heap MB grows", new LeakingLane(world =>
        {
            for (int i = 0; i < 500; i++)
                world.Data.Events.Subscribe("/builds/999999999");
        }));

    [Test]
    public async Task Soak_FilesStayOpen_Violation()
    {
        var open = new List<FileStream>();
        try
        {
            await ShouldFind("open files grows", new LeakingLane(_ => open.Add(File.OpenRead("/dev/null"))));
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

    private sealed class LeakingLane(Action<SoakWorld> leak) : Lane
    {
        public override string Name => "leaks";

        protected override Task Act(SoakWorld world, Random random, CancellationToken end)
        {
            leak(world);
            return Task.CompletedTask;
        }
    }
}
