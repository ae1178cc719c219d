namespace BuildData.Tests;

/// <summary>The examples of reading logs, which are in the page about logs letter for letter.</summary>
internal sealed class DocumentedLogReadingTests
{
    [Test]
    public async Task Examples_OfReading_ReadTheLines()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);
        AddedLog added = await master.Data.Updates.AddLog(await master.Data.Updates.Step(), "stdio", LogType.Stdio);
        long logId = added.LogId;
        await master.Data.Updates.AppendLog(logId, "hmake\no\u001B[1mcompile\u001B[0m\neerror: no such file\n");
        await master.Data.Updates.FinishLog(logId);
        using var token = new CancellationTokenSource();
        CancellationToken cancellationToken = token.Token;
        string file = Path.Combine(folder.Path, "log.txt");
        var shown = new StringWriter();
        TextWriter console = Console.Out;
        Console.SetOut(shown);

        try
        {
            // <lines>
            await foreach (string line in master.Data.Logs.Lines(logId, firstLine: 0, lastLine: 999))
                Console.WriteLine(line);

            IReadOnlyList<LogLine> last = await master.Data.Logs.Last(logId, 100);
            // </lines>

            // <search>
            await foreach (LogLine line in master.Data.Logs.Search(logId, "error", ignoreCase: true).Take(50))
                Console.WriteLine($"{line.Number}: {line.Text}");
            // </search>

            // <tail>
            long next = 0;
            await foreach (LogLine line in master.Data.Logs.Tail(logId, next, cancellationToken))
            {
                Console.WriteLine(AnsiText.Strip(line.Text));
                next = line.Number + 1;
            }
            // </tail>

            // <raw>
            await using RawLogStream raw = await master.Data.Logs.OpenRaw(logId);
            await using FileStream output = File.Create(file);
            await raw.CopyToAsync(output);
            // </raw>

            last.Should().HaveCount(3);
            next.Should().Be(3);
        }
        finally
        {
            Console.SetOut(console);
        }

        shown.ToString().Should().Be("hmake\no\u001B[1mcompile\u001B[0m\neerror: no such file\n2: eerror: no such file\nhmake\nocompile\neerror: no such file\n");
        (await File.ReadAllTextAsync(file)).Should().EndWith("Worker name: worker-1\nmake\n\u001B[1mcompile\u001B[0m\nerror: no such file\n");
    }

    [Test]
    public async Task Example_OfSizes_ReturnsThoseOfEachBuilder()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);
        AddedLog added = await master.Data.Updates.AddLog(await master.Data.Updates.Step(), "stdio");
        await master.Data.Updates.AppendLog(added.LogId, "line\n");

        // <sizes>
        ResourceList<LogSizes> sizes = await master.Data.GetAll<LogSizes>("/log_sizes?order=-stored_bytes");
        // </sizes>

        sizes.Should().ContainSingle().Which.NumBytes.Should().Be(5);
    }
}
