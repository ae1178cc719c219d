namespace BuildData.Tests;

// Threads are counted, so no other test may start any meanwhile.
[NonParallelizable]
internal sealed class DisposeTests
{
    [Test]
    public async Task Dispose_UpdatesUnderWay_FinishesTheAcceptedAndRefusesTheLater()
    {
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        long buildId = await master.Data.Updates.Build();
        int acknowledged = 0;
        int refused = 0;
        Task[] callers = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await master.Data.Updates.NewStep(buildId, "s");
                    Interlocked.Increment(ref acknowledged);
                }
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref refused);
            }
        }))];
        Subscription first = master.Data.Events.Subscribe("/steps/*");
        await first.Next(1);

        await master.DisposeAsync();

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(30));
        refused.Should().Be(16);
        await using Master again = await Master.Open(folder.ConnectionString);
        (await again.Data.Count<Step>("/steps")).Should().Be(acknowledged);
    }

    [Test]
    public async Task Dispose_LeavesTheDatabaseAlone()
    {
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => master.Data.Updates.FindBuilderId($"b{i}"))));
        await master.Data.GetAll<Builder>("/builders");
        Directory.GetFiles(folder.Path).Should().Contain(folder.Database + "-lock");

        await master.DisposeAsync();

        Directory.GetFiles(folder.Path).Should().Equal(folder.Database);
        if (OperatingSystem.IsLinux())
            OpenFiles(folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task Dispose_LeavesNoThreadBehind()
    {
        Assume.That(OperatingSystem.IsLinux());
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        await master.Data.Updates.FindBuilderId("linux");
        // The system may be a moment behind the runtime, in naming a thread as in letting it go.
        SpinWait.SpinUntil(() => WriterThreads() == 1, TimeSpan.FromSeconds(30)).Should().BeTrue();

        await master.DisposeAsync();

        SpinWait.SpinUntil(() => WriterThreads() == 0, TimeSpan.FromSeconds(30)).Should().BeTrue();
    }

    [Test]
    public async Task Dispose_Master_IsNoLongerActive()
    {
        using var folder = new TempFolder();
        await (await Master.Open(folder.ConnectionString)).DisposeAsync();

        await using Master reader = await Master.Open(folder.ConnectionString + ";Mode=ReadOnly");

        (await reader.Data.Get<MasterInfo>("/masters/1"))!.Active.Should().BeFalse();
    }

    [Test]
    public async Task Use_AfterDispose_IsRefused()
    {
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        await master.DisposeAsync();
        await master.DisposeAsync();

        await master.Awaiting(m => m.Data.Updates.FindBuilderId("x")).Should().ThrowAsync<ObjectDisposedException>();
        await master.Awaiting(m => m.Data.Get<Step>("/steps/1")).Should().ThrowAsync<ObjectDisposedException>();
        await master.Awaiting(m => m.Open()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Dispose_NeverOpened_MakesNoFile()
    {
        using var folder = new TempFolder();

        await new Master(new BuildDataOptions().UseSqlite(folder.ConnectionString)).DisposeAsync();

        Directory.GetFiles(folder.Path).Should().BeEmpty();
    }

    private static IEnumerable<string> OpenFiles(string folder) =>
        Directory.GetFiles("/proc/self/fd")
            .Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? "")
            .Where(target => target.StartsWith(folder, StringComparison.Ordinal));

    private static int WriterThreads() =>
        Directory.GetDirectories("/proc/self/task").Count(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith("BuildData", StringComparison.Ordinal));
}
