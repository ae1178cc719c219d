using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>The chunks of finished logs are merged, moved and removed, and no reader notices it.</summary>
[TestFixture("SQLite", false)]
[TestFixture("SQLite", true)]
[TestFixture("PostgreSQL", false)]
[TestFixture("PostgreSQL", true)]
internal sealed partial class LogMaintenanceTests(string store, bool usesOutside) : MasterTests(StoreKinds.All.Single(kind => kind.Name == store))
{
    private FakeLogCollector _log = new();
    private RecordingLogStore _outside = new();

    private static readonly string Text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i:000000} compiled a file, with {i % 7} warnings\n"));

    [TearDown]
    public void ForgetWhatTheTestHasDone() => (_log, _outside) = (new FakeLogCollector(), new RecordingLogStore());

    protected override void Configure(BuildDataOptions options)
    {
        options.LoggerFactory = _log.ToLoggerFactory();
        options.KeepLogs(TimeSpan.FromDays(7));
        if (usesOutside)
            options.StoreLogsIn(_outside);
    }

    [Test]
    public async Task FinishedLog_WithManyChunks_GetsFewWithTheSameLines()
    {
        long logId = await FinishedLog();
        string before = await Content(logId);

        await Master.MaintainLogs(CancellationToken.None);

        (await Count("log_chunks")).Should().BeInRange(5, 8);
        (await Content(logId)).Should().Be(before).And.Be(Text);
        (await Content(logId, "?offset=31234&limit=2")).Should().StartWith("031234 ").And.EndWith("\n").And.Contain("\n031235 ");
    }

    [Test]
    public async Task MergedLog_TakesLessSpaceThanBefore()
    {
        long logId = await AddLog();
        await AppendInPieces(logId);
        long before = await Number($"SELECT stored_bytes FROM logs WHERE id = {logId}");
        await Updates.FinishLog(logId);

        await Master.MaintainLogs(CancellationToken.None);

        (await Number($"SELECT stored_bytes FROM logs WHERE id = {logId}")).Should().BeLessThan(before / 2).And.BePositive();
        if (!usesOutside)
            (await Number("SELECT sum(octet_length(content)) FROM log_chunks")).Should().Be(await Number("SELECT stored_bytes FROM logs"));
    }

    [Test]
    public async Task MergedLog_IsNotAnnounced_SoOnlyTheStoredSizeChangesWithoutANewVersion()
    {
        // The log is merged when the test says so, not before.
        await Master.MaintainLogs(CancellationToken.None);
        Updates.LogFinished = null;
        await FinishedLog();
        string? version = await Data.GetVersion();
        Dictionary<string, string> before = await ReadAll();

        await Master.MaintainLogs(CancellationToken.None);

        (await Data.GetVersion()).Should().Be(version);
        Dictionary<string, string> after = await ReadAll();
        after.Keys.Where(path => after[path] != before[path]).Should().BeEquivalentTo("/log_sizes", "/builders/1/log_sizes");
    }

    [Test]
    public async Task MergedLog_WithOutsideStore_HasItsLinesThere()
    {
        await FinishedLog();

        await Master.MaintainLogs(CancellationToken.None);

        (await Number("SELECT count(*) FROM log_chunks WHERE content IS NOT NULL")).Should().Be(usesOutside ? 0 : await Count("log_chunks"));
        _outside.Count.Should().Be(usesOutside ? (int)await Count("log_chunks") : 0);
    }

    [Test]
    public async Task SmallLog_WithOneChunk_StaysInTheDatabase()
    {
        long logId = await AddLog();
        await Updates.AppendLog(logId, "one line\n");
        await Updates.FinishLog(logId);

        await Master.MaintainLogs(CancellationToken.None);

        (await Number("SELECT count(*) FROM log_chunks WHERE content IS NOT NULL")).Should().Be(1);
        (await Number("SELECT merged_lines FROM logs")).Should().Be(1);
    }

    [Test]
    public async Task UnfinishedLog_StaysAsItIs()
    {
        long logId = await AddLog();
        await AppendInPieces(logId);
        long before = await Count("log_chunks");

        await Master.MaintainLogs(CancellationToken.None);

        (await Count("log_chunks")).Should().Be(before);
    }

    [Test]
    public async Task Opening_WithAFinishedLogOfAnEarlierProcess_MergesIt()
    {
        long logId = await AddLog();
        await AppendInPieces(logId);
        await Updates.Transaction(updates => updates.FinishLog(logId));
        await Master.DisposeAsync();
        await OpenMaster();

        await Master.MaintainLogs(CancellationToken.None);

        (await Count("log_chunks")).Should().BeInRange(5, 8);
        (await Content(logId)).Should().Be(Text);
    }

    [Test]
    public async Task OldLog_LosesItsContentAndKeepsItsNumbers()
    {
        long logId = await FinishedLog();
        StepLog before = (await Data.Get<StepLog>($"/logs/{logId}"))!;
        await Master.MaintainLogs(CancellationToken.None);
        await using Subscription events = Data.Events.Subscribe($"/logs/{logId}");
        Clock.Advance(TimeSpan.FromDays(8));

        await Master.MaintainLogs(CancellationToken.None);

        (await Data.Get<StepLog>($"/logs/{logId}")).Should().Be(before with { Type = LogType.Removed });
        (await Content(logId)).Should().BeEmpty();
        (await Data.Get<RawLog>($"/logs/{logId}/raw"))!.Raw.Should().BeEmpty();
        (await events.Next(1))[0].Name.Should().Be("content_removed");
        (await Count("log_chunks")).Should().Be(0);
        (await Count("removed_logs")).Should().Be(0);
        _outside.Count.Should().Be(0);
    }

    [Test]
    public async Task YoungAndUnfinishedLogs_KeepTheirContent()
    {
        long unfinished = await AddLog();
        await Updates.AppendLog(unfinished, "a\n");
        Clock.Advance(TimeSpan.FromDays(8));
        long young = await FinishedLog();

        await Master.MaintainLogs(CancellationToken.None);

        (await Content(unfinished)).Should().Be("a\n");
        (await Content(young)).Should().Be(Text);
    }

    [Test]
    public async Task Prune_OfABuild_RemovesItsLogsAndTheirChunks()
    {
        await Updates.AddFinished(Data, count: 1);
        AddedLog log = await Updates.AddLog(1, "stdio");
        await Updates.AppendLog(log.LogId, Text);
        await Updates.FinishLog(log.LogId);
        AddedLog open = await Updates.AddLog(1, "left open");
        await Updates.AppendLog(open.LogId, "a\n");
        await Master.MaintainLogs(CancellationToken.None);
        Clock.Advance(TimeSpan.FromDays(40));
        await Updates.AddFinished(Data, count: 1);

        await Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(30), atLeastPerBuilder: 0));
        await Master.MaintainLogs(CancellationToken.None);

        (await Count("logs")).Should().Be(0);
        (await Count("log_chunks")).Should().Be(0);
        (await Count("removed_logs")).Should().Be(0);
        _outside.Count.Should().Be(0);
        (await Updates.Awaiting(updates => updates.AppendLog(open.LogId, "b\n")).Should().ThrowAsync<ResourceNotFoundException>()).Which.Kind.Should().Be("log");
    }

    [Test]
    public async Task AddLog_AfterTheNewestLogWasRemoved_GetsANewId()
    {
        await Updates.AddFinished(Data, count: 1);
        AddedLog removed = await Updates.AddLog(1, "stdio");
        Clock.Advance(TimeSpan.FromDays(40));
        await Updates.AddFinished(Data, count: 1);
        await Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(30), atLeastPerBuilder: 0));

        AddedLog added = await Updates.AddLog((await Data.GetAll<Step>("/steps"))[0].StepId, "stdio");

        added.LogId.Should().BeGreaterThan(removed.LogId);
    }

    [Test]
    public async Task OutsideStore_ThatFails_LosesNoLine()
    {
        _outside.Fails = true;
        long logId = await FinishedLog();

        await Master.MaintainLogs(CancellationToken.None);

        (await Content(logId)).Should().Be(Text);
        _log.GetSnapshot().Any(entry => entry.Id.Id == 10).Should().Be(usesOutside);
        _outside.Fails = false;
        await Master.MaintainLogs(CancellationToken.None);
        (await Content(logId)).Should().Be(Text);
        (await Count("log_chunks")).Should().BeInRange(5, 8);
    }

    [TestCase("contents")]
    [TestCase("raw")]
    public async Task Text_WhoseLinesAreMissing_IsAnErrorAndNotShort(string endpoint)
    {
        long logId = await AddLog();
        await AppendInPieces(logId);
        await Updates.RemoveChunksOfRemovedLog(logId, limit: 3, CancellationToken.None);

        await Data.Awaiting(data => data.Get($"/logs/{logId}/{endpoint}")).Should().ThrowAsync<StoreException>().WithMessage($"*log {logId}*missing*");
    }

    private async Task<long> AddLog() => (await Updates.AddLog(await Updates.Step(), "log")).LogId;

    private async Task<long> FinishedLog()
    {
        long logId = await AddLog();
        await AppendInPieces(logId);
        await Updates.FinishLog(logId);
        return logId;
    }

    private async Task AppendInPieces(long logId)
    {
        foreach (string[] lines in Text.Split('\n')[..^1].Chunk(600))
            await Updates.AppendLog(logId, string.Join('\n', lines) + "\n");
    }

    private async Task<string> Content(long logId, string query = "") => (await Data.Get<LogContents>($"/logs/{logId}/contents" + query))!.Content;

    /// <summary>Reads what is at each endpoint, of the first resource of each type.</summary>
    private async Task<Dictionary<string, string>> ReadAll()
    {
        var results = new Dictionary<string, string>();
        foreach (string pattern in DataApi.Endpoints.Select(endpoint => endpoint.Pattern))
        {
            string path = Variable().Replace(pattern, static name => name.Value switch { "{log_slug}" => "log", "{step_number}" => "0", "{step_name}" => "compile", _ => "1" });
            results[path] = (await Data.Get(path)).ToJson();
        }

        return results;
    }

    [GeneratedRegex("{[a-z_]+}")]
    private static partial Regex Variable();

    private Task<long> Count(string table) => Number("SELECT count(*) FROM " + table);

    private async Task<long> Number(string sql) => await Master.Store.Read(
        static async (session, sql, token) => (await session.Rows<long>(session.Sql().Append(sql), token))[0], sql, CancellationToken.None);

}
