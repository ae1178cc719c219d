using System.Diagnostics;

namespace BuildData.Tests;

/// <summary>The examples of the page about logs that write, which are there letter for letter.</summary>
internal sealed class DocumentedLogsTests
{
    private TempFolder _folder = null!;
    private Master _master = null!;

    [SetUp]
    public async Task OpenMaster()
    {
        _folder = new TempFolder();
        _master = await Master.Open(_folder.ConnectionString);
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _master.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Writer_OfALog_StoresItsLines()
    {
        Updates updates = _master.Data.Updates;
        long stepId = await updates.Step();

        // <writer>
        await using (LogWriter log = await updates.OpenLogWriter(stepId, "compile"))
        {
            await log.WriteLineAsync("compiling 12 files");
            await log.WriteAsync("linking … ");
            await log.WriteLineAsync("done");
            await log.FlushAsync();
        }
        // </writer>

        (await TextOf("compile")).Should().Be("compiling 12 files\nlinking … done\n");
    }

    [Test]
    public async Task Process_ThatRuns_IsRecorded()
    {
        Updates updates = _master.Data.Updates;
        long stepId = await updates.Step();
        CancellationToken stopping = CancellationToken.None;

        // <process>
        await using StdioLogWriter stdio = await updates.OpenStdioLogWriter(stepId);
        int exitCode = await stdio.RunProcess(new ProcessStartInfo("dotnet", ["--version"]), stopping);
        // </process>

        await stdio.Flush();
        exitCode.Should().Be(0);
        (await TextOf("stdio")).Should().StartWith("hdotnet --version\no").And.EndWith("\nh[The process exited with code 0.]\n");
    }

    [Test]
    public async Task Streams_OfAStdioLog_AreWrittenByTheHost()
    {
        Updates updates = _master.Data.Updates;
        long stepId = await updates.Step();

        // <streams>
        await using StdioLogWriter stdio = await updates.OpenStdioLogWriter(stepId, "remote");
        await stdio.Header.WriteLineAsync("make all");
        await stdio.Error.WriteLineAsync("warning: the clock is wrong");
        await stdio.Output.WriteLineAsync("nothing to do");
        // </streams>

        await stdio.Flush();
        (await TextOf("remote")).Should().Be("hmake all\newarning: the clock is wrong\nonothing to do\n");
    }

    private async Task<string> TextOf(string slug) => (await _master.Data.Get<LogContents>($"/steps/1/logs/{slug}/contents"))!.Content;
}
