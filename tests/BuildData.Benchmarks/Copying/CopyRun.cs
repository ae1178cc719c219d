using System.Diagnostics;
using System.Globalization;

namespace BuildData.Benchmarks.Copying;

/// <summary>
/// Copies a large store in a process of its own, which is killed at equal distances and started again. Prints rows per second, the memory of
/// the process, and the counts and checksums of the tables.
/// </summary>
internal static class CopyRun
{
    public static async Task Run(CopyOptions options)
    {
        Directory.CreateDirectory(options.Folder);
        string source = Path.Combine(options.Folder, $"copy-{options.Builds}.db");
        await ScaleFixture.Make(source, options.Builds);
        if (options.PostgreSql is null)
        {
            string target = Path.Combine(options.Folder, "copy-target.db");
            foreach (string file in Directory.GetFiles(options.Folder, "copy-target.db*"))
                File.Delete(file);
            await Copy(source, target, options.Kills);
            return;
        }

        await using PostgreSqlDatabase database = await PostgreSqlDatabase.Make(options.PostgreSql);
        await Copy(source, database.ConnectionString, options.Kills);
    }

    private static async Task Copy(string source, string target, int kills)
    {
        long start = Stopwatch.GetTimestamp();
        var phases = new SortedDictionary<string, (long Rows, TimeSpan Time)>(StringComparer.Ordinal);
        long memory = 0;
        for (int run = 0; run <= kills; run++)
        {
            double killAt = run < kills ? (run + 1.0) / (kills + 1) : double.PositiveInfinity;
            (long rows, long peak) = await RunUntil(source, target, killAt, phases);
            memory = Math.Max(memory, peak);
            if (run < kills)
                Console.WriteLine($"killed after {rows:N0} rows, {Stopwatch.GetElapsedTime(start).TotalSeconds:N1} s");
        }

        foreach ((string phase, (long rows, TimeSpan time)) in phases)
            Console.WriteLine($"{phase}: {rows:N0} rows in {time.TotalSeconds:N1} s, {rows / time.TotalSeconds:N0} rows/s");
        Console.WriteLine($"total {Stopwatch.GetElapsedTime(start).TotalSeconds:N1} s, {kills} kills, at most {memory:N0} MiB in a process");
    }

    /// <summary>Runs a process until it has copied a part of the rows, and kills it.</summary>
    private static async Task<(long Rows, long Memory)> RunUntil(
        string source, string target, double part, SortedDictionary<string, (long Rows, TimeSpan Time)> phases)
    {
        string program = Path.ChangeExtension(typeof(CopyRun).Assembly.Location, ".dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, "copier", source, target]) { RedirectStandardOutput = true })!;
        long last = Stopwatch.GetTimestamp();
        long rowsBefore = -1;
        (long Rows, long Memory) reached = default;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('='))
            {
                Console.WriteLine(line);
                continue;
            }

            string[] words = line.Split(' ');
            long rows = long.Parse(words[2], CultureInfo.InvariantCulture);
            reached = (rows, long.Parse(words[4], CultureInfo.InvariantCulture));
            TimeSpan passed = Stopwatch.GetElapsedTime(last);
            last = Stopwatch.GetTimestamp();

            // The first report includes the rows of earlier runs, and the start of the process.
            if (rowsBefore >= 0 && rows >= rowsBefore)
            {
                (long Rows, TimeSpan Time) sum = phases.GetValueOrDefault(words[0]);
                phases[words[0]] = (sum.Rows + rows - rowsBefore, sum.Time + passed);
            }

            rowsBefore = rows;
            if (rows >= part * long.Parse(words[3], CultureInfo.InvariantCulture))
            {
                process.Kill();
                break;
            }
        }

        await process.WaitForExitAsync();
        return double.IsPositiveInfinity(part) && process.ExitCode != 0
            ? throw new InvalidOperationException($"The copy failed with {process.ExitCode}.")
            : reached;
    }
}
