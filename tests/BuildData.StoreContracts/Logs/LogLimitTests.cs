namespace BuildData.StoreContracts;

public abstract class LogLimitTests(StoreKind kind) : MasterTests(kind)
{
    private const string Marker = "[The log was cut here: it has reached its limit of 20 bytes.]\n";

    private static readonly LogWriterOptions Limited = new() { MaxSize = 20 };

    [Test]
    public async Task Write_LinesFitJust_AreStored()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: Limited);

        writer.Write("123456789\n123456789\n");
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("123456789\n123456789\n");
        (writer.DroppedLines, writer.DroppedBytes).Should().Be((0, 0));
    }

    [Test]
    public async Task Write_LineDoesNotFit_CutsTheLogThere()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: Limited);

        writer.Write("123456789\n1234567890\n\n");
        writer.WriteLine("more");
        writer.Write("open");
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("123456789\n" + Marker);
        (writer.DroppedLines, writer.DroppedBytes).Should().Be((4, 21));
        (await Data.Log(writer.LogId)).NumLines.Should().Be(2);
    }

    [Test]
    public async Task Write_PiecesOfALineThatDoesNotFit_CutTheLogBeforeIt()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: Limited);

        writer.WriteLine("first");
        for (int i = 0; i < 10_000; i++)
            writer.Write("piece");
        writer.Write("\nlast\n");
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("first\n" + Marker);
        (writer.DroppedLines, writer.DroppedBytes).Should().Be((2, 50_006));
    }

    [Test]
    public async Task Write_ToAStdioLogThatIsCut_DropsTheLinesOfAllStreams()
    {
        StdioLogWriter writer = await Updates.OpenStdioLogWriter(await Updates.Step(), options: Limited);

        writer.Error.Write("open");
        writer.Output.WriteLine("12345678");
        writer.Output.WriteLine("12345678901");
        writer.Header.WriteLine("h");
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("o12345678\nh" + Marker);
        (writer.DroppedLines, writer.DroppedBytes).Should().Be((3, 18));
    }

    [Test]
    public async Task Write_WithoutALimit_StoresAll()
    {
        string text = new string('x', 999) + "\n";
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { MaxSize = null });

        for (int i = 0; i < 110_000; i++)
            await writer.WriteAsync(text);
        await writer.DisposeAsync();

        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { NumLines = 110_000, NumBytes = 110_000_000 });
    }
}
