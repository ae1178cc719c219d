using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace BuildData.Tests;

/// <summary>The output of processes is recorded in stdio logs.</summary>
[Platform("Linux")]
internal sealed class RunProcessTests
{
    private TempFolder _folder = null!;
    private Master _master = null!;
    private StdioLogWriter _log = null!;

    [SetUp]
    public async Task OpenLog()
    {
        _folder = new TempFolder();
        _master = await Master.Open(_folder.ConnectionString);
        _log = await _master.Data.Updates.OpenStdioLogWriter(
            await _master.Data.Updates.Step(), options: new() { TimeAfterExit = TimeSpan.FromMilliseconds(200), MaxSize = null });
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _log.DisposeAsync();
        await _master.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task RunProcess_BothStreams_RecordsThemBetweenHeaders()
    {
        int code = await _log.RunProcess(Shell("echo out; echo error >&2; exit 3"));

        code.Should().Be(3);
        string[] lines = await Lines(_log);
        lines[0].Should().Be("h/bin/sh -c \"echo out; echo error >&2; exit 3\"");
        lines[1..^1].Should().BeEquivalentTo("oout", "eerror");
        lines[^1].Should().Be("h[The process exited with code 3.]");
    }

    [Test]
    public async Task RunProcess_LastLineIsNotComplete_CompletesIt()
    {
        await _log.RunProcess(Shell("printf out"));

        (await Lines(_log))[1..].Should().Equal("oout", "h[The process exited with code 0.]");
    }

    [Test]
    public async Task RunProcess_TwiceInOneLog_RecordsBoth()
    {
        await _log.RunProcess(Shell("printf first"));
        await _log.RunProcess(Shell("echo second"));

        (await Lines(_log)).Where(line => line[0] == 'o').Should().Equal("ofirst", "osecond");
    }

    [Test]
    public async Task RunProcess_MuchOutput_IsRecordedWhole()
    {
        await _log.RunProcess(Shell("seq 1 1000000; seq 1 10 >&2"));

        string[] lines = await Lines(_log);
        lines.Where(line => line[0] == 'o').SequenceEqual(Enumerable.Range(1, 1_000_000).Select(i => $"o{i}")).Should().BeTrue();
        lines.Count(line => line[0] == 'e').Should().Be(10);
    }

    [Test]
    public async Task RunProcess_ReadsItsInput_FindsItEmpty()
    {
        await _log.RunProcess(Shell("cat; echo end"));

        (await Lines(_log))[1].Should().Be("oend");
    }

    [Test]
    public async Task RunProcess_ProgramDoesNotExist_ThrowsAndRecordsThat()
    {
        await _log.Awaiting(log => log.RunProcess(new ProcessStartInfo("/no/such/program"))).Should().ThrowAsync<Win32Exception>();

        (await Lines(_log))[1].Should().StartWith("h[The process could not be started: ");
    }

    [Test]
    public async Task RunProcess_Cancelled_KillsTheProcessesThatItHasStarted()
    {
        // If the second process lived on, it would keep the output open for this time.
        await using StdioLogWriter log = await _master.Data.Updates.OpenStdioLogWriter(1, options: new() { TimeAfterExit = TimeSpan.FromHours(1) });
        using var cancellation = new CancellationTokenSource();
        Task<int> running = log.RunProcess(Shell("sleep 10000 & echo started; wait"), cancellation.Token);
        await Started(log);

        await cancellation.CancelAsync();

        await running.WaitAsync(Given.Patience).Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        (await Lines(log))[^1].Should().Be("h[The process was cancelled.]");
    }

    [Test]
    public async Task RunProcess_AnotherProcessKeepsTheOutputOpen_ReturnsAfterTheTime()
    {
        await _log.RunProcess(Shell("sleep 1000 & echo $!"));

        string[] lines = await Lines(_log);
        lines[2..].Should().Equal("h[Another process still has the output open. Its further output is not recorded.]", "h[The process exited with code 0.]");
        Kill(lines[1]);
    }

    [Test]
    public async Task RunProcess_AnotherProcessWritesForEver_ReturnsAfterTheTime()
    {
        await _log.RunProcess(Shell("yes & echo $! >&2"));

        string[] lines = await Lines(_log);
        Kill(lines.Single(line => line[0] == 'e'));
        lines[^2].Should().StartWith("h[Another process still has the output open.");
    }

    [Test]
    public async Task RunProcess_WhileAnotherRuns_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        Task<int> running = _log.RunProcess(Shell("sleep 1000"), cancellation.Token);

        await _log.Awaiting(log => log.RunProcess(Shell("true"))).Should().ThrowAsync<InvalidOperationException>();

        await cancellation.CancelAsync();
        await running.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task RunProcess_StoreIsDisposed_KillsTheProcessAndThrows()
    {
        string file = _folder.File("pid");
        Task<int> running = _log.RunProcess(Shell($"echo $$ > {file}; echo started; exec yes"));
        await Started(_log);

        await _master.DisposeAsync();

        await running.Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
        Directory.Exists($"/proc/{(await File.ReadAllTextAsync(file)).Trim()}").Should().BeFalse();
        await _log.Awaiting(log => log.DisposeAsync()).Should().ThrowAsync<StoreException>();
    }

    private static ProcessStartInfo Shell(string command) => new("/bin/sh", ["-c", command]);

    /// <summary>Kills the process whose id is in a line, if it still runs.</summary>
    private static void Kill(string line)
    {
        // A process that writes ends by itself when the library has closed its end of the pipe.
        if (Process.GetProcesses().SingleOrDefault(process => process.Id == int.Parse(line[1..], CultureInfo.InvariantCulture)) is { } process)
            process.Kill();
    }

    /// <summary>Waits until the process has printed its first line.</summary>
    private async Task Started(StdioLogWriter log)
    {
        await using Subscription events = _master.Data.Events.Subscribe("/logs/*");
        while ((await _master.Data.Get<StepLog>($"/logs/{log.LogId}"))!.NumLines < 2)
            await events.Next(1);
    }

    private async Task<string[]> Lines(StdioLogWriter log)
    {
        await log.Flush();
        return (await _master.Data.Get<LogContents>($"/logs/{log.LogId}/contents"))!.Content.Split('\n')[..^1];
    }
}
