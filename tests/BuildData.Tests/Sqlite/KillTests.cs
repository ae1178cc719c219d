using System.Globalization;

namespace BuildData.Tests;

/// <summary>Processes that are killed at any moment leave a store behind whose state and whose kept events say the same.</summary>
internal sealed class KillTests
{
    private const int Kills = 200;
    private const int KillsPerFile = 20;
    private const int MostLines = 100;

    [Test]
    public async Task Open_AfterManyKills_EventsMakeJustTheStateThatIsStored()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync($"seed {seed}");
        (long events, long acknowledged) = (0, 0);
        await Parallel.ForAsync(0, Kills / KillsPerFile, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (file, _) =>
        {
            var random = new Random(seed + file);
            using var folder = new TempFolder();
            long last = 0;
            for (int kill = 0; kill < KillsPerFile; kill++)
            {
                long[] ids = await WriteAndKill(folder.Database, random.Next(4) == 0 ? 0 : random.Next(MostLines));
                last = await Check(folder.ConnectionString, ids, last, $"seed {seed}, file {file}, kill {kill}");
                Interlocked.Add(ref acknowledged, ids.Length);
            }

            Interlocked.Add(ref events, last);
        });

        await TestContext.Out.WriteLineAsync($"{Kills} kills, {events} events, {acknowledged} acknowledged steps");
        acknowledged.Should().BePositive("a process that never came to write would prove nothing");
    }

    private static async Task<long[]> WriteAndKill(string database, int lines)
    {
        await using TestHost host = await TestHost.Start("mix", database);
        string[] printed = await host.KillAfter(lines);
        return [.. printed.Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
    }

    /// <summary>Checks the store; the sequence number of its last event.</summary>
    private static async Task<long> Check(string connectionString, long[] acknowledged, long last, string moment)
    {
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(connectionString).KeepEvents(TimeSpan.FromHours(1));
            options.MaxResults = int.MaxValue;
        });

        // The last of all events, and a sign that the store is in order.
        await master.Data.Updates.AddBuildset(reason: moment);
        await using Subscription kept = master.Data.Events.Subscribe(
            ["/buildsets/*", "/buildrequests/*", "/builds/*?property=*", "/builds/*/properties", "/steps/*"], after: 0);
        List<DataEvent> events = await kept.UpTo(master.Data.Events.LastSequence);
        events.Select(e => e.Sequence).Should().BeInAscendingOrder(moment).And.OnlyHaveUniqueItems(moment);
        events[^1].Sequence.Should().BeGreaterThan(last, moment);

        HashSet<object> model = Model(events);
        object[] stored =
        [
            .. await master.Data.GetAll<Buildset>("/buildsets"), .. await master.Data.GetAll<BuildRequest>("/buildrequests?property=*"),
            .. await master.Data.GetAll<Build>("/builds?property=*"), .. await master.Data.GetAll<Step>("/steps"),
        ];
        model.Except(stored).Should().BeEmpty(moment);
        model.Should().HaveCount(stored.Length, moment);
        acknowledged.Except(stored.OfType<Step>().Where(step => step.StateString == $"state of {step.StepId}").Select(step => step.StepId)).Should().BeEmpty(moment);
        return events[^1].Sequence;
    }

    /// <summary>What the events, one after the other, make of nothing.</summary>
    private static HashSet<object> Model(List<DataEvent> events)
    {
        var model = new Dictionary<string, object>();
        foreach (DataEvent e in events)
        {
            if (e.Resource is PropertyMap changed)
            {
                var build = (Build)model[$"/builds/{e.Id}"];
                model[$"/builds/{e.Id}"] = build with { Properties = build.Properties.With(changed) };
            }
            else
            {
                model[e.Path] = e.Resource;
            }
        }

        return [.. model.Values];
    }
}
