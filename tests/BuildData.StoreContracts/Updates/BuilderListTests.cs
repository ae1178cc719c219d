namespace BuildData.StoreContracts;

/// <summary>The builder lists of masters, and the rename and the removal of builders.</summary>
public abstract class BuilderListTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task UpdateBuilderList_Changed_IsAnnouncedAndReturned()
    {
        await Updates.UpdateBuilderList(["linux", "mac"]);
        Subscription<BuilderOnMaster> events = Data.Events.Subscribe<BuilderOnMaster>();

        await Updates.UpdateBuilderList(["mac", "windows"]);

        await events.DisposeAsync();
        var announced = new List<(string, BuilderOnMaster)>();
        await foreach (DataEvent<BuilderOnMaster> e in events)
            announced.Add((e.Name, e.Resource));
        announced.Should().Equal(
            ("stopped", new BuilderOnMaster { BuilderId = 1, MasterId = 1, Name = "linux" }), ("started", new BuilderOnMaster { BuilderId = 3, MasterId = 1, Name = "windows" }));
        (await Data.GetAll<Builder>("/masters/1/builders")).Select(builder => builder.Name).Should().Equal("mac", "windows");
    }

    [Test]
    public async Task UpdateBuilderList_BuilderLeaves_ItsWorkersAreNotConfiguredThere()
    {
        long worker = await Updates.EnsureWorker("w");
        await Updates.UpdateBuilderList(["linux", "mac"]);
        await Updates.WorkerConfigured(worker, [1, 2]);

        await Updates.UpdateBuilderList(["mac"]);

        (await Data.Get<Worker>("/workers/w"))!.ConfiguredOn.Should().Equal(new ConfiguredBuilder(2, 1));
    }

    [Test]
    public async Task Watch_OfABuilder_SeesItsMasters()
    {
        await Updates.EnsureBuilder("linux");
        await using Watch<Builder> watch = await Data.Watch<Builder>("/builders/linux");

        await Updates.UpdateBuilderList(["linux"]);
        await Updates.UpdateBuilderList([]);

        List<WatchChange<Builder>> changes = await watch.Next(2);
        changes.Select(change => (change.EventName, change.Resource.MasterIds.Count)).Should().Equal(("started", 1), ("stopped", 0));
    }

    [Test]
    public async Task Watch_OfTheBuildersOfAWorker_SeesThemComeAndGo()
    {
        long worker = await Updates.EnsureWorker("w");
        long builder = await Updates.EnsureBuilder("linux");
        await using Watch<Builder> watch = await Data.Watch<Builder>("/workers/w/builders");

        await Updates.WorkerConfigured(worker, [builder]);
        await Updates.UpdateBuilderInfo(builder, description: "new");
        await Updates.WorkerConfigured(worker, []);

        (await watch.Next(3)).Select(change => change.Kind).Should().Equal(WatchChangeKind.Added, WatchChangeKind.Updated, WatchChangeKind.Removed);
    }

    [Test]
    public async Task RenameBuilder_FreeName_KeepsEverythingElse()
    {
        (_, long request, long id) = await Updates.Request("linux");
        await Updates.UpdateBuilderList(["linux"]);
        await Updates.UpdateBuilderInfo(id, description: "d", tags: ["t"]);
        Subscription events = Data.Events.Subscribe("/builders/*");

        await Updates.RenameBuilder(id, "linux 2");

        Builder renamed = (await Data.Get<Builder>("/builders/linux%202"))!;
        (renamed.BuilderId, renamed.Description).Should().Be((id, "d"));
        renamed.Tags.Should().Equal("t");
        renamed.MasterIds.Should().Equal(1);
        (await Data.GetAll<BuildRequest>("/builders/linux%202/buildrequests")).Should().ContainSingle().Which.BuildRequestId.Should().Be(request);
        (await Data.Get<Builder>("/builders/linux")).Should().BeNull();
        await Master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Name, e.Resource)).Should().Equal(("update", renamed));
    }

    [Test]
    public async Task RenameBuilder_OldName_BelongsToANewBuilder()
    {
        long id = await Updates.EnsureBuilder("linux");

        await Updates.RenameBuilder(id, "old");

        (await Updates.EnsureBuilder("linux")).Should().NotBe(id);
        (await Updates.EnsureBuilder("old")).Should().Be(id);
    }

    [Test]
    public async Task RenameBuilder_InATransaction_NamesAreTheNewOnes()
    {
        long id = await Updates.EnsureBuilder("linux");

        (long Old, long New) found = await Updates.Transaction(async updates =>
        {
            await updates.EnsureBuilder("linux");
            await updates.EnsureBuilder("other");
            await updates.RenameBuilder(id, "new");
            return (await updates.EnsureBuilder("linux"), await updates.EnsureBuilder("new"));
        });

        found.New.Should().Be(id);
        found.Old.Should().NotBe(id);
    }

    [Test]
    public async Task RenameBuilder_NameIsTaken_IsRefused()
    {
        long linux = await Updates.EnsureBuilder("linux");
        long mac = await Updates.EnsureBuilder("mac");

        (await Updates.Awaiting(updates => updates.RenameBuilder(linux, "mac")).Should().ThrowAsync<UpdateRefusedException>())
            .Where(error => error.Kind == "builder" && error.Id == mac);

        (await Data.GetAll<Builder>("/builders")).Select(builder => builder.Name).Should().Equal("linux", "mac");
    }

    [Test]
    public async Task RenameBuilder_SameName_AnnouncesNothing()
    {
        long id = await Updates.EnsureBuilder("linux");
        Subscription events = Data.Events.Subscribe("/builders/*");

        await Updates.RenameBuilder(id, "linux");

        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task RenameBuilder_WatchedByName_LeavesTheWatch()
    {
        long id = await Updates.EnsureBuilder("linux");
        await using Watch<Builder> watch = await Data.Watch<Builder>("/builders/linux");

        await Updates.RenameBuilder(id, "mac");

        (await watch.Next(1)).Single().Kind.Should().Be(WatchChangeKind.Removed);
    }

    [Test]
    public async Task RemoveBuilder_WithoutHistory_IsGoneEverywhere()
    {
        long worker = await Updates.EnsureWorker("w");
        await Updates.UpdateBuilderList(["linux"]);
        await Updates.UpdateBuilderInfo(1, tags: ["t"]);
        await Updates.WorkerConfigured(worker, [1]);

        await Updates.RemoveBuilder(1);

        (await Data.GetAll<Builder>("/builders")).Should().BeEmpty();
        (await Data.Get<Worker>("/workers/w"))!.ConfiguredOn.Should().BeEmpty();
        (await Data.GetAll<Builder>("/masters/1/builders")).Should().BeEmpty();
    }

    [TestCase("/builders")]
    [TestCase("/builders/1")]
    [TestCase("/builders/linux")]
    [TestCase("/masters/1/builders")]
    [TestCase("/workers/w/builders")]
    public async Task RemoveBuilder_Watched_IsRemoved(string path)
    {
        long worker = await Updates.EnsureWorker("w");
        await Updates.UpdateBuilderList(["linux"]);
        await Updates.WorkerConfigured(worker, [1]);
        await using Watch<Builder> watch = await Data.Watch<Builder>(path);

        await Updates.RemoveBuilder(1);

        WatchChange<Builder> change = (await watch.Next(1)).Single();
        (change.Kind, change.Resource.Name).Should().Be((WatchChangeKind.Removed, "linux"));
        watch.Current.Should().BeEmpty();
    }

    [Test]
    public async Task RemoveBuilder_Announced_HasTheBuilder()
    {
        long id = await Updates.EnsureBuilder("linux");
        Subscription events = Data.Events.Subscribe("/builders/*", "removed");

        await Updates.RemoveBuilder(id);

        await Master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Path, ((Builder)e.Resource).Name)).Should().Equal(($"/builders/{id}", "linux"));
    }

    [Test]
    public async Task RemoveBuilder_WithARequest_IsRefused()
    {
        (_, _, long id) = await Updates.Request("linux");

        (await Updates.Awaiting(updates => updates.RemoveBuilder(id)).Should().ThrowAsync<UpdateRefusedException>())
            .Where(error => error.Kind == "builder" && error.Id == id);

        (await Data.Get<Builder>("/builders/linux")).Should().NotBeNull();
    }

    [Test]
    public async Task RemoveBuilder_TheNewest_ItsIdIsNeverUsedAgain()
    {
        await Updates.EnsureBuilder("a");
        long newest = await Updates.EnsureBuilder("b");
        await Updates.RemoveBuilder(newest);

        long next = await Updates.EnsureBuilder("b");

        next.Should().BeGreaterThan(newest);
        (await Data.Get<Builder>($"/builders/{newest}")).Should().BeNull();
    }

    [Test]
    public async Task RemoveBuilder_AllOfThem_IdsAreNeverUsedAgain()
    {
        long only = await Updates.EnsureBuilder("a");
        await Updates.RemoveBuilder(only);

        (await Updates.EnsureBuilder("a")).Should().BeGreaterThan(only);
    }

    [Test]
    public async Task RemoveBuilder_ReferredToLater_IsNotFound()
    {
        long id = await Updates.EnsureBuilder("linux");
        await Updates.EnsureWorker("w");
        await Updates.WorkerConfigured(1, [id]);
        await Updates.RemoveBuilder(id);

        Func<Updates, Task>[] uses =
        [
            updates => updates.AddBuildset(builderIds: [id]), updates => updates.WorkerConfigured(1, [id]), updates => updates.UpdateBuilderInfo(id),
            updates => updates.RenameBuilder(id, "other"), updates => updates.RemoveBuilder(id), updates => updates.AddBuild(id, 1),
        ];

        foreach (Func<Updates, Task> use in uses)
            await Updates.Awaiting(use).Should().ThrowAsync<ResourceNotFoundException>();
    }

    [TestCase(99)]
    public async Task Update_UnknownBuilder_IsNotFound(long id)
    {
        await Updates.Awaiting(updates => updates.RenameBuilder(id, "a")).Should().ThrowAsync<ResourceNotFoundException>();
        await Updates.Awaiting(updates => updates.RemoveBuilder(id)).Should().ThrowAsync<ResourceNotFoundException>();
    }

    [Test]
    public async Task AddBuildLocksDuration_OfABuild_AddsUp()
    {
        long build = await Updates.Build();

        await Updates.AddBuildLocksDuration(build, 3);
        await Updates.FinishBuild(build, BuildResult.Success);
        await Updates.AddBuildLocksDuration(build, 4);

        Build waited = (await Data.Get<Build>($"/builds/{build}"))!;
        (waited.LocksDurationSeconds, waited.Complete).Should().Be((7, true));
    }

    [Test]
    public async Task AddBuildLocksDuration_WrongArguments_AreRefused()
    {
        await Updates.Awaiting(updates => updates.AddBuildLocksDuration(99, 1)).Should().ThrowAsync<ResourceNotFoundException>();
        await Updates.Awaiting(updates => updates.AddBuildLocksDuration(1, -1)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }
}
