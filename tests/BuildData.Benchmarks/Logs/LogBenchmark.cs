using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using BuildData.Queries;

namespace BuildData.Benchmarks.Logs;

/// <summary>Measures logs of steps: how fast they are written beside other updates, how fast a page is read at any depth, and how much space they take.</summary>
internal static class LogBenchmark
{
    private const int PageLines = 1_000;

    public static async Task Run(LogOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("builddata-logs-").FullName;
        PostgreSqlDatabase? database = options.PostgreSql is { } server ? await PostgreSqlDatabase.Make(server) : null;
        try
        {
            await using Master master = await Master.Open(o =>
            {
                if (database is not null)
                    o.UsePostgreSql(database.ConnectionString);
                else
                    o.UseSqlite($"Data Source={Path.Combine(folder, "builds.db")}");
                o.Durability = Durability.Full;
            });
            long buildId = await NewBuild(master.Data.Updates);
            await Race(options, master, buildId, folder);
            await BesideUpdates(options, master, buildId);
            await Pages(options, master, buildId);
            if (options.Many > 0)
                await Many(options, master, buildId);
            if (options.Text is { } text)
                await Size(text, master, buildId);
        }
        finally
        {
            if (database is not null)
                await database.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Race(LogOptions options, Master master, long buildId, string folder)
    {
        string[] lines = LogLines.Create(options.Lines);
        List<ILogContender> contenders = [new WriterLogs(master, buildId), new FileLogs(folder)];
        if (options.PostgreSql is null)
            contenders.Add(new AdoLogs(Path.Combine(folder, "ado.db")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Steps} steps write {options.Lines:N0} lines of {LogLines.Length} characters each, at once:"));
        var rates = contenders.ToDictionary(contender => contender.Name, _ => new List<double>());
        for (int round = -1; round < options.Rounds; round++)
        {
            foreach (ILogContender contender in contenders)
            {
                long start = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, options.Steps).Select(step => Task.Run(() => contender.Write(step, lines))));
                double rate = options.Steps * (double)options.Lines / Stopwatch.GetElapsedTime(start).TotalSeconds;

                // The merges of the finished logs are not part of the next contender's time.
                await master.MaintainLogs(CancellationToken.None);
                if (round >= 0)
                    rates[contender.Name].Add(rate);
            }
        }

        double own = Medians.Of(rates[contenders[0].Name]);
        foreach (ILogContender contender in contenders)
        {
            double median = Medians.Of(rates[contender.Name]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {contender.Name,-32} {median,12:N0} lines/s   {own / median,6:0.00}"));
            await contender.DisposeAsync();
        }
    }

    private static async Task BesideUpdates(LogOptions options, Master master, long buildId)
    {
        const int Callers = 64;
        const int LinesPerSecond = 1_000_000;
        string[] lines = LogLines.Create(1_000);
        long[] steps = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ => (await master.Data.Updates.NewStep(buildId, "busy")).StepId));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Callers} callers set state strings, alone and beside {options.Steps} log writers with {LinesPerSecond:N0} lines a second in all:"));
        var alone = new List<double>();
        var beside = new List<double>();
        var written = new List<double>();
        for (int round = -1; round < options.Rounds; round++)
        {
            double rateAlone = await Updates(master.Data.Updates, steps);
            using var stop = new CancellationTokenSource();
            Task<long>[] writers = [.. Enumerable.Range(0, options.Steps).Select(step => Task.Run(() => WriteAtRate(master, buildId, lines, (double)LinesPerSecond / options.Steps, stop.Token)))];
            long start = Stopwatch.GetTimestamp();
            double rateBeside = await Updates(master.Data.Updates, steps);
            await stop.CancelAsync();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            long total = (await Task.WhenAll(writers)).Sum();
            await master.MaintainLogs(CancellationToken.None);
            if (round < 0)
                continue;
            alone.Add(rateAlone);
            beside.Add(rateBeside);
            written.Add(total / seconds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  alone {Medians.Of(alone),10:N0} updates/s, beside {Medians.Of(beside),10:N0} updates/s with {Medians.Of(written),12:N0} lines/s; ratio {Medians.Of([.. alone.Zip(beside, (a, b) => b / a)]):0.00}"));
    }

    private static async Task<double> Updates(Updates updates, long[] steps)
    {
        TimeSpan duration = TimeSpan.FromSeconds(2);
        long start = Stopwatch.GetTimestamp();
        int[] counts = await Task.WhenAll(steps.Select(step => Task.Run(async () =>
        {
            int count = 0;
            for (; Stopwatch.GetElapsedTime(start) < duration; count++)
                await updates.SetStepStateString(step, (count & 1) == 0 ? "compiling" : "linking");
            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<long> WriteAtRate(Master master, long buildId, string[] lines, double linesPerSecond, CancellationToken stop)
    {
        AddedStep step = await master.Data.Updates.NewStep(buildId, "step", CancellationToken.None);
        await using LogWriter writer = await master.Data.Updates.OpenLogWriter(step.StepId, "stdio", options: new LogWriterOptions { MaxSize = null }, cancellationToken: CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        long written = 0;
        while (!stop.IsCancellationRequested)
        {
            long due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * linesPerSecond);
            for (; written < due; written++)
                await writer.WriteLineAsync(lines[written % lines.Length]);
            await Task.Delay(10, CancellationToken.None);
        }

        return written;
    }

    private static async Task Pages(LogOptions options, Master master, long buildId)
    {
        AddedStep step = await master.Data.Updates.NewStep(buildId, "deep");
        string[] lines = LogLines.Create(10_000);
        long logId;
        await using (LogWriter writer = await master.Data.Updates.OpenLogWriter(step.StepId, "stdio", options: new LogWriterOptions { MaxSize = null }))
        {
            logId = writer.LogId;
            for (int i = 0; i < options.Deep; i++)
                await writer.WriteLineAsync(lines[i % lines.Length]);
            await writer.FlushAsync();
            await ComparePages(master, logId, options.Deep, "while the log is written");
        }

        await master.MaintainLogs(CancellationToken.None);
        await ComparePages(master, logId, options.Deep, "after its chunks were merged");
    }

    private static async Task ComparePages(Master master, long logId, int lines, string when)
    {
        var first = new List<double>();
        var deep = new List<double>();
        long depth = Math.Min(1_000_000, lines - PageLines);
        for (int i = -20; i < 200; i++)
        {
            double first1 = await Page(master, logId, (i & 7) * 10);
            double deep1 = await Page(master, logId, depth + ((i & 7) * 10));
            if (i < 0)
                continue;
            first.Add(first1);
            deep.Add(deep1);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"A page of {PageLines:N0} lines {when}: first {Medians.Of(first):0.000} ms, at line {depth:N0} {Medians.Of(deep):0.000} ms, ratio {Medians.Of(deep) / Medians.Of(first):0.00}"));
    }

    private static async Task<double> Page(Master master, long logId, long offset)
    {
        long start = Stopwatch.GetTimestamp();
        LogContents contents = (await master.Data.Get(new ContentsOfLog(logId), new ResultSpec { Offset = offset, Limit = PageLines }))!;
        double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return contents.Content.Length >= PageLines * LogLines.Length ? time : throw new InvalidOperationException("The page is too short.");
    }

    /// <summary>Gives one build many logs, half of them in one step and under one name.</summary>
    private static async Task Many(LogOptions options, Master master, long buildId)
    {
        const int Writers = 64;
        AddedStep one = await master.Data.Updates.NewStep(buildId, "many");
        AddedStep[] others = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => master.Data.Updates.NewStep(buildId, "some")));
        int part = options.Many / 10;
        for (int i = 0; i < 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
            {
                for (int n = writer; n < part; n += Writers)
                {
                    AddedLog log = (n & 1) == 0
                        ? await master.Data.Updates.AddLog(one.StepId, "stdio")
                        : await master.Data.Updates.AddLog(others[writer].StepId, string.Create(CultureInfo.InvariantCulture, $"log {i} {n}"));
                    await master.Data.Updates.AppendLog(log.LogId, "one line\n");
                    await master.Data.Updates.FinishLog(log.LogId);
                }
            })));
            double rate = part / Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            int found = (await master.Data.GetAll<StepLog>($"/steps/{one.StepId}/logs?order=-logid&limit=20")).Count;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"logs {i * part:N0} to {(i + 1) * part:N0}: {rate:N0} logs/s with a line each; the newest {found} in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.00} ms"));
        }

        long merge = Stopwatch.GetTimestamp();
        await master.MaintainLogs(CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"merged after {Stopwatch.GetElapsedTime(merge).TotalSeconds:0.0} s"));
    }

    private static async Task Size(string file, Master master, long buildId)
    {
        byte[] text = await File.ReadAllBytesAsync(file);
        AddedStep step = await master.Data.Updates.NewStep(buildId, "real");
        long logId;
        long start = Stopwatch.GetTimestamp();
        await using (LogWriter writer = await master.Data.Updates.OpenLogWriter(step.StepId, "stdio", options: new LogWriterOptions { MaxSize = null }))
        {
            logId = writer.LogId;
            await writer.BaseStream.WriteAsync(text);
        }

        double written = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long before = await StoredBytes(master, logId);
        start = Stopwatch.GetTimestamp();
        await master.MaintainLogs(CancellationToken.None);
        double merged = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long gzip = Gzip(text);
        long after = await StoredBytes(master, logId);
        string raw = (await master.Data.Get(new RawOfLog(logId)))!.Raw;

        // A writer completes the last line.
        bool isEqual = Encoding.UTF8.GetBytes(raw).AsSpan().SequenceEqual(text.AsSpan().EndsWith("\n"u8) ? text : [.. text, (byte)'\n']);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.GetFileName(file)}: {text.Length:N0} bytes, written in {written:0.0} s, merged in {merged:0.0} s, equal in raw: {isEqual}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  gzip {gzip:N0}; stored while written {before:N0} ({(double)before / gzip:0.00}), after the merge {after:N0} ({(double)after / gzip:0.00})"));
    }

    private static async Task<long> StoredBytes(Master master, long logId) => await master.Store.Read(
        static async (session, id, token) => (await session.Rows<long>(session.Sql().Append($"SELECT stored_bytes FROM logs WHERE id = {id}"), token))[0], logId, CancellationToken.None);

    // The optimal level of .NET is level 6 of gzip.
    private static long Gzip(byte[] text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(text);
        return target.Length;
    }

    private static async Task<long> NewBuild(Updates updates)
    {
        long builder = await updates.FindBuilderId("logs");
        AddedBuildset buildset = await updates.AddBuildset(builderIds: [builder]);
        return (await updates.AddBuild(builder, buildset.BuildRequestIds[builder])).BuildId;
    }
}
