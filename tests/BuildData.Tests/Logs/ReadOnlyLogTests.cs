namespace BuildData.Tests;

internal sealed class ReadOnlyLogTests
{
    [Test]
    public async Task Tail_ReadOnlyStore_ReadsOnlyAFinishedLog()
    {
        using var folder = new TempFolder();
        await using Master writer = await Master.Open(folder.ConnectionString);
        await using Master reader = await Master.Open(folder.ConnectionString + ";Mode=ReadOnly");
        long log = (await writer.Data.Updates.AddLog(await writer.Data.Updates.Step(), "stdio")).LogId;
        await writer.Data.Updates.AppendLog(log, "a\nb\n");

        await reader.Data.Logs.Awaiting(logs => logs.Tail(log).ToListAsync().AsTask()).Should().ThrowAsync<StoreReadOnlyException>();
        (await reader.Data.Logs.Lines(log).ToListAsync()).Should().Equal("a", "b");

        await writer.Data.Updates.FinishLog(log);
        (await reader.Data.Logs.Tail(log).ToListAsync()).Should().Equal(new LogLine(0, "a"), new LogLine(1, "b"));
    }
}
