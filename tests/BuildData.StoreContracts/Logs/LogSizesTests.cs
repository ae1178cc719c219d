namespace BuildData.StoreContracts;

/// <summary>The sizes of logs are sums of the logs of each builder.</summary>
public abstract class LogSizesTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Get_LogSizes_AreSumsInWireForm()
    {
        await AddLog("linux", "stdio", "short\n");
        await AddLog("linux", "test", "a\nb\n");
        await AddLog("mac", "stdio", "ä\n");
        await Updates.FindBuilderId("empty");

        (await Data.Get("/log_sizes")).ToJson().Should().Be(
            """[{"builderid":1,"builder_name":"linux","logs":2,"num_lines":3,"num_bytes":10,"stored_bytes":10},"""
            + """{"builderid":2,"builder_name":"mac","logs":1,"num_lines":1,"num_bytes":3,"stored_bytes":3}]""");
        (await Data.Get("/builders/mac/log_sizes")).ToJson().Should().Be("""[{"builderid":2,"builder_name":"mac","logs":1,"num_lines":1,"num_bytes":3,"stored_bytes":3}]""");
        (await Data.Get("/builders/empty/log_sizes")).ToJson().Should().Be("[]");
    }

    [Test]
    public async Task GetAll_CompressedLog_StoresFewerBytes()
    {
        await AddLog("linux", "stdio", string.Concat(Enumerable.Repeat("the same line\n", 1000)));

        (await Data.GetAll(new AllLogSizes())).Should().ContainSingle().Which.Should()
            .Match<LogSizes>(sizes => sizes.NumBytes == 14_000 && sizes.StoredBytes > 0 && sizes.StoredBytes < 1000);
    }

    [TestCase("?order=-num_bytes", "mac linux")]
    [TestCase("?order=builder_name&limit=1", "linux")]
    [TestCase("?logs__gt=1", "linux")]
    [TestCase("?name=test", "linux")]
    [TestCase("?complete=true", "")]
    [TestCase("?type=t&order=-builderid", "mac linux")]
    public async Task GetAll_Filters_SelectLogsOrRows(string query, string names)
    {
        await AddLog("linux", "stdio", "a\n");
        await AddLog("linux", "test", "b\n");
        await AddLog("mac", "stdio", "longer\n");

        ResourceList<LogSizes> sizes = await Data.GetAll<LogSizes>("/log_sizes" + query);

        string.Join(' ', sizes.Select(row => row.BuilderName)).Should().Be(names);
    }

    [Test]
    public async Task Watch_LogSizes_IsRefused() =>
        await Data.Awaiting(data => data.Watch<LogSizes>("/log_sizes")).Should().ThrowAsync<InvalidPathException>();

    private async Task AddLog(string builder, string name, string lines)
    {
        AddedStep step = await Updates.NewStep(await Updates.Build(builder), "compile");
        await Updates.AppendLog((await Updates.AddLog(step.StepId, name)).LogId, lines);
    }
}
