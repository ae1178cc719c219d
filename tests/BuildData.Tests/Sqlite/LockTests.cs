namespace BuildData.Tests;

internal sealed class LockTests
{
    [Test]
    public async Task Open_AnotherProcessWrites_FailsAtOnceAndSucceedsAfterIt()
    {
        using var folder = new TempFolder();
        await using TestHost host = await TestHost.Start("hold", folder.Database);

        Func<Task> open = () => Master.Open(folder.ConnectionString);

        (await open.Should().ThrowAsync<StoreInUseException>()).Which.Store.Should().Be(folder.Database);
        await host.Stop();
        await using Master after = await Master.Open(folder.ConnectionString);
    }

    [Test]
    public async Task Open_AnotherMasterOfThisProcessWrites_Fails()
    {
        using var folder = new TempFolder();
        await using Master first = await Master.Open(folder.ConnectionString);

        Func<Task> open = () => Master.Open(folder.ConnectionString);

        await open.Should().ThrowAsync<StoreInUseException>();
    }

    [Test]
    public async Task Open_ReadOnlyWhileAnotherProcessWrites_CanBeQueriedAndTakesNoUpdates()
    {
        using var folder = new TempFolder();
        await using TestHost host = await TestHost.Start("write", folder.Database);
        await host.ReadLine();
        await using Master reader = await Master.Open(folder.ConnectionString + ";Mode=ReadOnly");

        Step? step = await reader.Data.Get<Step>("/steps/1");

        step.Should().NotBeNull();
        await reader.Data.Updates.Awaiting(updates => updates.FindBuilderId("x")).Should().ThrowAsync<StoreReadOnlyException>();
        reader.Data.Events.Invoking(events => events.Subscribe("/steps/*")).Should().Throw<StoreReadOnlyException>();
    }

    [Test]
    public async Task Open_AfterTheWriterWasKilled_FindsAllThatWasAcknowledged()
    {
        using var folder = new TempFolder();
        await using TestHost host = await TestHost.Start("write", folder.Database);
        var lines = new List<string>();
        while (lines.Count < 200)
            lines.Add(await host.ReadLine());

        lines.AddRange(await host.Kill());

        await using Master again = await Master.Open(folder.ConnectionString);
        var steps = new Dictionary<long, Step>();
        await foreach (Step step in again.Data.Stream<Step>("/steps"))
            steps.Add(step.StepId, step);
        steps.Should().HaveCountGreaterThanOrEqualTo(200);
        foreach (long id in lines.Select(long.Parse))
            steps[id].StateString.Should().Be($"state of {id}");
        steps.Values.Select(step => step.Number).Should().Equal(Enumerable.Range(0, steps.Count).Select(number => (long)number));
    }

    [Test]
    public async Task Open_AnotherStoreIsReleasingTheLock_ReportsThatTheFileIsInUse()
    {
        using var folder = new TempFolder();
        int opened = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (Volatile.Read(ref opened) < 60)
            {
                try
                {
                    await using Master master = await Master.Open(folder.ConnectionString);
                    Interlocked.Increment(ref opened);
                }
                catch (StoreInUseException)
                {
                    await Task.Yield();
                }
            }
        })));

        opened.Should().BeGreaterThanOrEqualTo(60);
    }

    [Test]
    public async Task Open_BySymbolicLink_IsTheSameFile()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);
        File.CreateSymbolicLink(folder.File("link.db"), folder.Database);

        Func<Task> open = () => Master.Open($"Data Source={folder.File("link.db")}");

        await open.Should().ThrowAsync<StoreInUseException>();
    }

    [Test]
    public async Task Open_ManyAtOnce_OneGetsTheFile()
    {
        using var folder = new TempFolder();
        for (int round = 0; round < 20; round++)
        {
            Master?[] masters = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                try
                {
                    return await Master.Open(folder.ConnectionString);
                }
                catch (StoreInUseException)
                {
                    return null;
                }
            })));

            masters.Count(master => master is not null).Should().Be(1);
            foreach (Master? master in masters)
            {
                if (master is not null)
                    await master.DisposeAsync();
            }
        }
    }
}
