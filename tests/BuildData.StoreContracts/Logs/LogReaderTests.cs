using System.Text;

namespace BuildData.StoreContracts;

/// <summary>Reads of a log return what a model of it returns: the list of its lines.</summary>
public abstract class LogReaderTests(StoreKind kind) : MasterTests(kind)
{
    private readonly Random _random = new(7);

    [TestCase(LogType.Text)]
    [TestCase(LogType.Stdio)]
    public async Task Lines_RandomRanges_AreThoseOfTheModel(LogType type)
    {
        RandomLog log = await AddLog(type, 3000);

        (await Data.Logs.Lines(log.LogId).ToListAsync()).Should().Equal(log.Lines);
        for (int i = 0; i < 60; i++)
        {
            int first = _random.Next(log.Lines.Count + 10);
            int last = first + _random.Next(i % 2 == 0 ? 20 : 2000) - 1;

            List<string> lines = await Data.Logs.Lines(log.LogId, first, last).ToListAsync();

            lines.Should().Equal(log.Lines.Skip(first).Take(last - first + 1), $"{first} to {last}");
        }
    }

    [Test]
    public async Task Lines_LogBySlug_AreItsLines()
    {
        RandomLog log = await AddLog(LogType.Text, 10);
        StepLog row = (await Data.Get<StepLog>($"/logs/{log.LogId}"))!;

        List<string> lines = await Data.Logs.Lines(new LogRef(row.StepId, row.Slug)).ToListAsync();

        lines.Should().Equal(log.Lines);
    }

    [Test]
    public async Task Lines_AppendedDuringTheRead_AreNotReturned()
    {
        RandomLog log = await AddLog(LogType.Text, 5);
        await using IAsyncEnumerator<string> lines = Data.Logs.Lines(log.LogId).GetAsyncEnumerator();
        await lines.MoveNextAsync();

        await Updates.AppendLog(log.LogId, "later\n");

        int rest = 0;
        while (await lines.MoveNextAsync())
            rest++;
        rest.Should().Be(4);
    }

    [Test]
    public async Task Lines_OfTenMegabytesAndOddCharacters_AreWhole()
    {
        string[] lines = [new('x', 10_000_000), "\r", "a\rb\r", "\0", "\u001B[31mred\u001B[0m", "", new('y', 10_000_000)];
        long log = await AddLog(LogType.Text);
        foreach (string line in lines)
            await Updates.AppendLog(log, line + "\n");

        (await Data.Logs.Lines(log).ToListAsync()).SequenceEqual(lines).Should().BeTrue();
        (await Data.Logs.Last(log, 1))[0].Text.Length.Should().Be(10_000_000);
        (await Data.Logs.Search(log, "\r").Select(line => line.Number).ToListAsync()).Should().Equal(1, 2);
        (await Data.Logs.Search(log, "\0").Select(line => line.Number).ToListAsync()).Should().Equal(3);
    }

    [Test]
    public async Task Last_AnyCount_IsTheEndOfTheModel()
    {
        RandomLog log = await AddLog(LogType.Stdio, 2000);

        foreach (int count in (int[])[0, 1, 2, 100, 1999, 2000, 2001, int.MaxValue])
        {
            IReadOnlyList<LogLine> lines = await Data.Logs.Last(log.LogId, count);

            int first = Math.Max(0, log.Lines.Count - count);
            lines.Should().Equal(log.Lines.Skip(first).Select((line, i) => new LogLine(first + i, line)), $"{count}");
        }
    }

    [TestCase(LogType.Text, false)]
    [TestCase(LogType.Text, true)]
    [TestCase(LogType.Stdio, false)]
    [TestCase(LogType.Stdio, true)]
    public async Task Search_RandomTexts_FindsTheLinesOfTheModel(LogType type, bool ignoreCase)
    {
        RandomLog log = await AddLog(type, 3000);
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        int found = 0;
        for (int i = 0; i < 60; i++)
        {
            string text = log.NextSearchText();
            int first = i % 3 == 0 ? _random.Next(log.Lines.Count) : 0;

            List<LogLine> lines = await Data.Logs.Search(log.LogId, text, ignoreCase, first).ToListAsync();

            lines.Should().Equal(
                log.Lines.Select((line, number) => new LogLine(number, line)).Skip(first).Where(line => log.WithoutStream(line.Text).Contains(text, comparison)), $"'{text}' from {first}");
            found += lines.Count;
        }

        found.Should().BePositive();
    }

    [TestCase("")]
    [TestCase("a\nb")]
    public async Task Search_TextThatNoLineCanContain_IsAnArgumentError(string text)
    {
        RandomLog log = await AddLog(LogType.Text, 1);

        Data.Logs.Invoking(logs => logs.Search(log.LogId, text)).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Search_HalfOfASurrogatePair_IsAnArgumentError() =>
        Data.Logs.Invoking(logs => logs.Search(1, "x\uD800")).Should().Throw<ArgumentException>();

    [Test]
    public async Task Read_ArgumentOutOfRange_IsAnArgumentError()
    {
        Data.Logs.Invoking(logs => logs.Lines(1, firstLine: -1)).Should().Throw<ArgumentOutOfRangeException>();
        Data.Logs.Invoking(logs => logs.Search(1, "a", firstLine: -1)).Should().Throw<ArgumentOutOfRangeException>();
        Data.Logs.Invoking(logs => logs.Tail(1, firstLine: -1)).Should().Throw<ArgumentOutOfRangeException>();
        await Data.Logs.Awaiting(logs => logs.Last(1, -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task Read_LogThatDoesNotExist_IsAnError()
    {
        (await Data.Logs.Awaiting(logs => logs.Lines(7).ToListAsync().AsTask()).Should().ThrowAsync<ResourceNotFoundException>()).Which.Id.Should().Be(7);
        await Data.Logs.Awaiting(logs => logs.Last(7, 1)).Should().ThrowAsync<ResourceNotFoundException>();
        await Data.Logs.Awaiting(logs => logs.Search(7, "a").ToListAsync().AsTask()).Should().ThrowAsync<ResourceNotFoundException>();
        await Data.Logs.Awaiting(logs => logs.Tail(7).ToListAsync().AsTask()).Should().ThrowAsync<ResourceNotFoundException>();
        await Data.Logs.Awaiting(logs => logs.OpenRaw(7)).Should().ThrowAsync<ResourceNotFoundException>();
        await Data.Logs.Awaiting(logs => logs.OpenRaw(new LogRef(7, "stdio"))).Should().ThrowAsync<ResourceNotFoundException>().WithMessage("*'/steps/7/logs/stdio'*");
    }

    [TestCase(LogType.Text)]
    [TestCase(LogType.Stdio)]
    [TestCase(LogType.Html)]
    public async Task OpenRaw_ReadWithBuffersOfAnySize_EqualsTheEndpoint(LogType type)
    {
        RandomLog log = await AddLog(type, 2000);
        RawLog expected = (await Data.Get<RawLog>($"/logs/{log.LogId}/raw"))!;

        await using RawLogStream stream = await Data.Logs.OpenRaw(log.LogId);
        var bytes = new MemoryStream();
        byte[] buffer = new byte[5000];
        for (int length = -1; length != 0; bytes.Write(buffer, 0, length))
            length = await stream.ReadAsync(buffer.AsMemory(0, _random.Next(1, buffer.Length)));

        Encoding.UTF8.GetString(bytes.ToArray()).Should().Be(expected.Raw);
        stream.MimeType.Should().Be(expected.MimeType);
        stream.Filename.Should().Be(expected.Filename);
    }

    [Test]
    public async Task OpenRaw_WithoutHeader_IsTheLinesAlone()
    {
        RandomLog log = await AddLog(LogType.Stdio, 100);

        await using RawLogStream stream = await Data.Logs.OpenRaw(log.LogId, includeHeader: false);
        using var reader = new StreamReader(stream);

        (await reader.ReadToEndAsync()).Should().Be(string.Concat(log.Lines.Select(line => log.WithoutStream(line) + "\n")));
    }

    [Test]
    public async Task OpenRaw_UnsupportedMember_Throws()
    {
        RandomLog log = await AddLog(LogType.Text, 1);
        RawLogStream stream = await Data.Logs.OpenRaw(log.LogId);

        stream.Should().Match<Stream>(one => one.CanRead && !one.CanSeek && !one.CanWrite);
        stream.Invoking(one => one.Read(new byte[1], 0, 1)).Should().Throw<NotSupportedException>();
        stream.Invoking(one => one.Length).Should().Throw<NotSupportedException>();
        stream.Invoking(one => one.Position).Should().Throw<NotSupportedException>();
        await stream.DisposeAsync();
        await stream.Awaiting(one => one.ReadAsync(new byte[1]).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Read_Cancelled_Ends()
    {
        RandomLog log = await AddLog(LogType.Text, 10);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Data.Logs.Awaiting(logs => logs.Lines(log.LogId, cancellationToken: cancelled.Token).ToListAsync().AsTask()).Should().ThrowAsync<OperationCanceledException>();
        await Data.Logs.Awaiting(logs => logs.Tail(log.LogId).ToListAsync(cancelled.Token).AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    private async Task<RandomLog> AddLog(LogType type, int lines)
    {
        RandomLog log = await RandomLog.Create(Updates, type, _random);
        await log.Append(Updates, lines);
        return log;
    }

    private async Task<long> AddLog(LogType type) => (await Updates.AddLog(await Updates.Step(), "output", type)).LogId;
}
