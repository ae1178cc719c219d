using System.Globalization;
using BuildData.Torture.Running;

namespace BuildData.Torture.Kill;

/// <summary>Writers of logs whose lines are numbered, so that a line that is missing, cut or written twice can be told.</summary>
internal static class LogWriterLane
{
    /// <summary>What a line of the journal begins with that says how many lines of a log are stored.</summary>
    public const string Flushed = "flushed ";

    /// <summary>The name of the project that the writers' resources seem to belong to.</summary>
    public const string ProjectName = "writers";

    private const string BuilderName = "writers-builder";
    private const int MostLinesOfLog = 2_000;

    /// <summary>Writes logs until the process is killed.</summary>
    public static async Task Write(Master master, Journal journal, Random random)
    {
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId(BuilderName);
        AddedBuildset added = await updates.AddBuildset(reason: BuilderName, builderIds: [builder]);
        AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        var options = new LogWriterOptions { BatchSize = random.Next(1, 20_000), BatchTime = TimeSpan.FromMilliseconds(random.Next(1, 20)), BufferSize = 50_000 };
        while (true)
        {
            await using LogWriter writer = await updates.OpenLogWriter(step.StepId, "compile", options: options);
            for (int line = 0, last = random.Next(MostLinesOfLog); line < last; line++)
            {
                await writer.WriteAsync($"{line} ");
                await writer.WriteLineAsync(new string('x', line % 97));
                if (random.Next(100) != 0)
                    continue;
                await writer.FlushAsync();
                journal.Write($"{Flushed}{writer.LogId} {line + 1}");
            }
        }
    }

    /// <summary>Examines the logs of all writers.</summary>
    /// <param name="data">The store.</param>
    /// <param name="flushed">The lines of a journal that begin with <see cref="Flushed"/>.</param>
    /// <exception cref="ViolationException">A flushed line is missing, or a log has anything but its first lines.</exception>
    public static async Task Examine(DataApi data, IEnumerable<string> flushed)
    {
        Dictionary<long, int> leastLines = flushed.Select(line => line[Flushed.Length..].Split(' ')).GroupBy(parts => long.Parse(parts[0], CultureInfo.InvariantCulture))
            .ToDictionary(group => group.Key, group => group.Max(parts => int.Parse(parts[1], CultureInfo.InvariantCulture)));
        foreach ((long log, int least) in leastLines)
        {
            LogContents contents = await data.Get<LogContents>($"/logs/{log}/contents") ?? throw new ViolationException($"The log {log} of a writer is gone, though its build has not finished.");
            string[] lines = contents.Content.Split('\n')[..^1];
            if (lines.Length < least)
                throw new ViolationException($"The log {log} has {lines.Length} lines, but {least} were flushed.");
            int wrong = Enumerable.Range(0, lines.Length).FirstOrDefault(i => lines[i] != $"{i} {new string('x', i % 97)}", -1);
            if (wrong >= 0)
                throw new ViolationException($"The line {wrong} of the log {log} is '{lines[wrong]}'.");
        }
    }
}
