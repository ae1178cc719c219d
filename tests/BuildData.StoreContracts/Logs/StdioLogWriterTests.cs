namespace BuildData.StoreContracts;

public abstract class StdioLogWriterTests(StoreKind kind) : MasterTests(kind)
{
    private const int LinesOfEachStream = 10_000;

    [Test]
    public async Task Write_ToThreeStreams_StoresEachLineWhenItIsComplete()
    {
        StdioLogWriter writer = await Updates.OpenStdioLogWriter(await Updates.Step());

        writer.Header.WriteLine("make all");
        writer.Output.Write("out");
        writer.Error.WriteLine("error");
        writer.Output.WriteLine("put");
        writer.Error.Write("end");
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("hmake all\neerror\nooutput\neend\n");
        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { Name = "stdio", Slug = writer.Slug, Type = LogType.Stdio, Complete = true, NumLines = 4 });
    }

    [Test]
    public async Task Dispose_OfOneStream_CompletesItsLineOnly()
    {
        await using StdioLogWriter writer = await Updates.OpenStdioLogWriter(await Updates.Step());
        writer.Output.Write("out");
        writer.Error.Write("err");

        await writer.Output.DisposeAsync();

        await writer.Flush();
        (await Data.Text(writer.LogId)).Should().Be("oout\n");
        writer.Output.Invoking(output => output.WriteLine()).Should().Throw<ObjectDisposedException>();
        writer.Error.Invoking(error => error.WriteLine()).Should().NotThrow();
    }

    [Test]
    public async Task Dispose_OfAnEmptyWriter_FinishesAnEmptyLog()
    {
        StdioLogWriter writer = await Updates.OpenStdioLogWriter(await Updates.Step(), "empty");

        writer.Dispose();

        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { Complete = true, NumLines = 0 });
        writer.Invoking(w => w.Dispose()).Should().NotThrow();
    }

    [Test]
    public async Task Write_FromThreeThreads_KeepsTheOrderOfEachStream()
    {
        StdioLogWriter writer = await Updates.OpenStdioLogWriter(await Updates.Step(), options: new() { BatchSize = 1000, BufferSize = 5000 });

        await Task.WhenAll(
            Task.Run(() => WriteLines(writer.Output)),
            Task.Run(async () =>
            {
                for (int i = 0; i < LinesOfEachStream; i++)
                    await writer.Error.WriteLineAsync($"{i}");
            }),
            Task.Run(() => WriteLines(writer.Header)));
        await writer.DisposeAsync();

        ILookup<char, string> lines = (await Data.Text(writer.LogId)).Split('\n')[..^1].ToLookup(line => line[0], line => line[1..]);
        IEnumerable<string> expected = Enumerable.Range(0, LinesOfEachStream).Select(i => $"{i}");
        lines.Select(stream => stream.Key).Should().BeEquivalentTo(['o', 'e', 'h']);
        lines.Should().AllSatisfy(stream => stream.SequenceEqual(expected).Should().BeTrue());
    }

    private static void WriteLines(LogWriter writer)
    {
        for (int i = 0; i < LinesOfEachStream; i++)
        {
            writer.Write(i / 10 == 0 ? "" : $"{i / 10}");
            writer.WriteLine($"{i % 10}");
        }
    }
}
