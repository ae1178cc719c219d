using System.Diagnostics;
using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>
/// Compares the time of each documented query between a small and a large history, by turns, and reports the queries that take longer in
/// the large one.
/// </summary>
internal static class QueryBenchmark
{
    private const double AllowedRatio = 1.5;

    // Shorter times vary too much to be compared. With a server, they are mostly those of the round trip.
    private const double Floor = 0.1;
    private const double FloorOfServer = 0.25;

    private const int MaxRuns = 301;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.2);

    public static async Task Run(QueriesOptions options)
    {
        await using IHistory history = options.PostgreSql is { } server ? new PostgreSqlHistory(server, options.Keep) : new SqliteHistory(options.Keep);
        (HistoryShape smallShape, HistoryShape largeShape) = (new(options.Small), new(options.Steps));
        long start = Stopwatch.GetTimestamp();
        await using Master small = await history.Open(smallShape);
        await using Master large = await history.Open(largeShape);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Histories of {options.Small:N0} and {options.Steps:N0} steps, open after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s."));
        HistoryValues smallValues = await HistoryValues.Read(small.Data, smallShape);
        HistoryValues largeValues = await HistoryValues.Read(large.Data, largeShape);

        Console.WriteLine($"{"ms small",10}{"ms large",10}{"ratio",8}  {"rows",9}  path");
        double floor = options.PostgreSql is null ? Floor : FloorOfServer;
        int slow = 0;
        foreach (MeasuredQuery query in MeasuredQueries.All.Where(query => options.Only is not { } part || query.Path.Contains(part, StringComparison.Ordinal)))
        {
            var few = new Side(await query.Prepare(small.Data, smallValues));
            var many = new Side(await query.Prepare(large.Data, largeValues));
            await Measure(few, many, options.Runs);
            bool isSlow = many.Median > AllowedRatio * Math.Max(few.Median, floor);
            QueryCost cost = query.Cost != QueryCost.ScanOnSqlite ? query.Cost : options.PostgreSql is null ? QueryCost.Scan : QueryCost.Answer;
            slow += isSlow && cost == QueryCost.Answer ? 1 : 0;
            string remark = (cost, isSlow) switch
            {
                (QueryCost.Answer, true) => "   <-- SLOW",
                (QueryCost.Scan, true) => "   (documented)",
                (QueryCost.Scan, false) => "   (documented as a scan, but fast)",
                _ => "",
            };
            string rows = few.Rows == many.Rows ? $"{few.Rows}" : $"{few.Rows}/{many.Rows}";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{few.Median,10:0.000}{many.Median,10:0.000}{many.Median / few.Median,8:0.00}  {rows,9}  {query.Path}{remark}"));
        }

        Console.WriteLine($"{slow} queries are slow.");
    }

    private static async Task Measure(Side few, Side many, int runs)
    {
        // A server replaces the plan of a prepared statement after some runs.
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 8 || (i < MaxRuns && Stopwatch.GetElapsedTime(start) < WarmUp); i++)
        {
            await few.Run();
            await many.Run();
        }

        few.Clear();
        many.Clear();
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs || (i < MaxRuns && Stopwatch.GetElapsedTime(start) < Enough); i++)
        {
            await few.Run();
            await many.Run();
        }
    }

    /// <summary>Measures a query on one of the two histories.</summary>
    private sealed class Side(Func<Task<long>> query)
    {
        private readonly List<double> _milliseconds = [];

        public double Median => Medians.Of(_milliseconds);

        public long Rows { get; private set; }

        public async Task Run()
        {
            long start = Stopwatch.GetTimestamp();
            Rows = await query();
            _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        public void Clear() => _milliseconds.Clear();
    }
}
