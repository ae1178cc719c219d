namespace BuildData.Tests;

/// <summary>A master has cached a builder that another master then renames or removes.</summary>
internal sealed class RemovedBuildersTests
{
    private PostgreSqlTestStore _store = null!;
    private Master _first = null!;
    private Master _second = null!;

    private Updates First => _first.Data.Updates;

    private Updates Second => _second.Data.Updates;

    [SetUp]
    public async Task OpenMasters()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        _first = await _store.Open(options => options.MasterName = "first");
        _second = await _store.Open(options => options.MasterName = "second");
    }

    [TearDown]
    public async Task CloseMasters()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is null)
            return;
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task EnsureBuilder_AnotherHasRenamedIt_IsANewBuilder()
    {
        long id = await First.EnsureBuilder("linux");
        await First.EnsureBuilder("linux");

        await Second.RenameBuilder(id, "old");

        (await First.EnsureBuilder("linux")).Should().NotBe(id);
        (await First.EnsureBuilder("old")).Should().Be(id);
    }

    [Test]
    public async Task EnsureBuilder_AnotherHasRemovedIt_IsANewBuilder()
    {
        long id = await First.EnsureBuilder("linux");
        await First.EnsureBuilder("linux");

        await Second.RemoveBuilder(id);

        (await First.EnsureBuilder("linux")).Should().BeGreaterThan(id);
    }

    [Test]
    public async Task Updates_AnotherHasRemovedTheBuilder_FindNone()
    {
        long worker = await First.EnsureWorker("w");
        long id = await First.EnsureBuilder("linux");
        await First.WorkerConfigured(worker, [id]);
        await Second.RemoveBuilder(id);

        Func<Updates, Task>[] uses =
        [
            updates => updates.AddBuildset(builderIds: [id], sourceStamps: [Given.Main]), updates => updates.AddBuildset(builderIds: [id], waitedFor: true),
            updates => updates.WorkerConfigured(worker, [id]), updates => updates.AddBuild(id, 1), updates => updates.UpdateBuilderInfo(id),
        ];

        foreach (Func<Updates, Task> use in uses)
            await First.Awaiting(use).Should().ThrowAsync<ResourceNotFoundException>();
    }

    [Test]
    public async Task RemoveBuilder_BesideNewRequests_EitherIsRefused()
    {
        for (int round = 0; round < 20; round++)
        {
            long id = await First.EnsureBuilder($"builder {round}");
            await First.AddBuildset(builderIds: []);

            Task<bool> removed = Succeeds(Second.RemoveBuilder(id));
            Task<bool> added = Succeeds(First.AddBuildset(builderIds: [id], waitedFor: true));

            (await removed).Should().Be(!await added);
            (await _second.Data.Get<Builder>($"/builders/{id}") is null).Should().Be(await removed);
        }
    }

    [Test]
    public async Task Watch_AnotherRemovesABuilder_IsRemoved()
    {
        long id = await First.EnsureBuilder("linux");
        await using Watch<Builder> watch = await _first.Data.Watch<Builder>("/builders");

        await Second.RemoveBuilder(id);

        (await watch.Next(1)).Single().Kind.Should().Be(WatchChangeKind.Removed);
    }

    private static async Task<bool> Succeeds(Task update)
    {
        try
        {
            await update;
            return true;
        }
        catch (Exception error) when (error is ResourceNotFoundException or UpdateRefusedException)
        {
            return false;
        }
    }
}
