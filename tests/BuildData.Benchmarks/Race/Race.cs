using System.Globalization;
using System.Text.Json;

namespace BuildData.Benchmarks;

/// <summary>Lets the lanes of each kind of work take turns, round by round, and prints medians and ratios.</summary>
internal static class Race
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task Run(RaceOptions options)
    {
        Func<RaceOptions, Task<Heat>>[] heats =
        [
            o => WriteHeats.StepLifeCycle(o, Durability.Full),
            o => WriteHeats.StepLifeCycle(o, Durability.Normal),
            WriteHeats.WholeBuildset,
            ReadHeats.Small,
            ScaleHeats.Reads,
            ScaleHeats.Writes,
            EventHeats.Delivery,
            EventHeats.Followers,
            WriteHeats.KeptEvents,
            PruneHeats.BesidePrune,
        ];

        var all = new List<Lane>();
        foreach (Func<RaceOptions, Task<Heat>> prepare in heats)
        {
            await using Heat heat = await prepare(options);
            Lane[] lanes = [.. heat.Lanes.Where(lane => options.Only is null || $"{lane.Contender}/{lane.Callers}".Contains(options.Only, StringComparison.Ordinal))];
            await Run(lanes, options);
            all.AddRange(lanes);
        }

        List<PostgreSqlLane> onPostgreSql = await PostgreSqlRace.Run(options);
        if (options.Json is { } file)
        {
            IEnumerable<object> results =
            [
                .. all.Select(lane => new { lane.Work, lane.Contender, lane.Callers, lane.Median, lane.MedianBytes, lane.Rates }),
                .. onPostgreSql.Select(lane => new { lane.Work, lane.Delay, lane.Processes, lane.Contender, lane.Callers, lane.Median, lane.P50, lane.P99, lane.Rates }),
            ];
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, Indented));
        }
    }

    private static async Task Run(Lane[] all, RaceOptions options)
    {
        foreach (Lane lane in all)
            await lane.Turn(lane.IsSlowToWarm ? options.WarmUp * 4 : options.WarmUp);

        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (Lane lane in all)
            {
                (double rate, double bytes) = await lane.Turn(options.Turn);
                lane.Rates.Add(rate);
                lane.Bytes.Add(bytes);
            }
        }

        foreach (IGrouping<string, Lane> work in all.GroupBy(lane => lane.Work))
            Print(work.Key, [.. work]);
    }

    private static void Print(string work, Lane[] lanes)
    {
        Console.WriteLine();
        Console.WriteLine(work);
        Console.WriteLine($"  {"",-44}{"callers",8}{"per second",13}{"min",12}{"max",12}{"bytes each",12}{"to the first",14}");
        foreach (Lane lane in lanes)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {lane.Contender,-44}{lane.Callers,8}{lane.Median,13:N0}{lane.Rates.Min(),12:N0}{lane.Rates.Max(),12:N0}{lane.MedianBytes,12:N0}{lane.Median / lanes[0].Median,14:0.000}"));
        }
    }
}
