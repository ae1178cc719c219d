using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// The races on a PostgreSQL server: for each kind of work, delay and number of processes, lets the contenders take turns, round by
/// round, and prints medians and ratios.
/// </summary>
internal static class PostgreSqlRace
{
    public static async Task<List<PostgreSqlLane>> Run(RaceOptions options)
    {
        var all = new List<PostgreSqlLane>();
        if (options.PostgreSql is not { } server)
            return all;

        foreach (string work in options.Work.Where(work => work is "p1" or "p2" or "p3").Order())
        {
            foreach (double delay in options.Delays)
            {
                foreach (int processes in options.Processes)
                {
                    await using DelayProxy? proxy = delay > 0 ? new DelayProxy(server, TimeSpan.FromMilliseconds(delay)) : null;
                    string raced = proxy?.ConnectionString ?? server;
                    double roundTrip = await MeasureRoundTrip(raced);
                    PostgreSqlLane[] lanes = await Run(options, raced, work, delay, processes);
                    all.AddRange(lanes);
                    Print(lanes, all, roundTrip);
                }
            }
        }

        return all;
    }

    private static async Task<PostgreSqlLane[]> Run(RaceOptions options, string raced, string work, double delay, int processes)
    {
        int[] callers = work == "p3" ? [1] : options.Callers;
        PostgreSqlLane[] lanes =
        [
            .. from count in callers
               from contender in ContenderList.For(work)
               where options.Only is null || options.Only.Split('|').Any(part => $"{contender}/{count}".Contains(part, StringComparison.Ordinal))
               select new PostgreSqlLane(work, delay, processes, contender, count),
        ];
        var teams = new Dictionary<string, RacerTeam>();
        try
        {
            foreach (PostgreSqlLane lane in lanes)
            {
                if (!teams.ContainsKey(lane.Contender))
                    teams[lane.Contender] = await RacerTeam.Start(options.PostgreSql!, raced, work, lane.Contender, processes);

                // Each process compiles the same code, on the same processors.
                TimeSpan warmUp = options.WarmUp * processes;
                await teams[lane.Contender].Turn(lane.Callers, ContenderList.IsSlowToWarm(lane.Contender) ? warmUp * 4 : warmUp);
            }

            for (int round = 0; round < options.Rounds; round++)
            {
                foreach (PostgreSqlLane lane in lanes)
                    lane.Add(await teams[lane.Contender].Turn(lane.Callers, options.Turn), options.Turn);
            }
        }
        finally
        {
            foreach (RacerTeam team in teams.Values)
                await team.DisposeAsync();
        }

        return lanes;
    }

    private static async Task<double> MeasureRoundTrip(string raced)
    {
        await using var connection = new NpgsqlConnection(raced + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        var times = new List<double>();
        for (int i = 0; i < 51; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await command.ExecuteScalarAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Medians.Of(times);
    }

    private static void Print(PostgreSqlLane[] lanes, List<PostgreSqlLane> all, double roundTrip)
    {
        if (lanes.Length == 0)
            return;

        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Workloads.Title(lanes[0].Work)}; PostgreSQL, synchronous_commit=on; delay {lanes[0].Delay} ms (SELECT 1 takes {roundTrip:0.00} ms); processes: {lanes[0].Processes}"));
        Console.WriteLine($"  {"",-38}{"callers each",13}{"per second",12}{"min",10}{"max",10}{"p50 ms",10}{"p99 ms",10}{"to the first",14}{"to fewest processes",21}");
        foreach (PostgreSqlLane lane in lanes)
        {
            double first = lanes.First(other => other.Callers == lane.Callers).Median;
            double fewest = all.First(other => (other.Work, other.Delay, other.Contender, other.Callers) == (lane.Work, lane.Delay, lane.Contender, lane.Callers)).Median;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {lane.Contender,-38}{lane.Callers,13}{lane.Median,12:N0}{lane.Rates.Min(),10:N0}{lane.Rates.Max(),10:N0}{lane.P50,10:N2}{lane.P99,10:N2}{Ratio(lane.Median, first),14}{Ratio(lane.Median, fewest),21}"));
        }
    }

    // A turn can be too short for a single operation.
    private static string Ratio(double rate, double to) => to > 0 ? (rate / to).ToString("0.000", CultureInfo.InvariantCulture) : "";
}
