namespace BuildData.StoreContracts;

/// <summary>The life of a worker: configured, connected, paused, missing.</summary>
public abstract class WorkerUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly (string Name, Func<Updates, long, Task> Update)[] OfAWorker =
    [
        ("WorkerConfigured", (updates, worker) => updates.WorkerConfigured(worker, [])),
        ("WorkerConnected", (updates, worker) => updates.WorkerConnected(worker)),
        ("WorkerDisconnected", (updates, worker) => updates.WorkerDisconnected(worker)),
        ("WorkerMissing", (updates, worker) => updates.WorkerMissing(worker, "yesterday")),
        ("SetWorkerPaused", (updates, worker) => updates.SetWorkerPaused(worker, paused: true)),
        ("SetWorkerGraceful", (updates, worker) => updates.SetWorkerGraceful(worker, graceful: true)),
        ("WorkerHeartbeat", (updates, worker) => updates.WorkerHeartbeat(worker)),
    ];

    private static readonly (string Name, Func<Updates, long, Task> Update)[] OfAMaster =
    [
        ("WorkerConfigured", (updates, master) => updates.WorkerConfigured(1, [], master)),
        ("WorkerConnected", (updates, master) => updates.WorkerConnected(1, masterId: master)),
        ("WorkerDisconnected", (updates, master) => updates.WorkerDisconnected(1, master)),
        ("WorkerMissing", (updates, master) => updates.WorkerMissing(1, "yesterday", masterId: master)),
        ("DeconfigureAllWorkersForMaster", (updates, master) => updates.DeconfigureAllWorkersForMaster(master)),
        ("UpdateBuilderList", (updates, master) => updates.UpdateBuilderList(["linux"], master)),
        ("MasterActive", (updates, master) => updates.MasterActive(master)),
        ("MasterStopped", (updates, master) => updates.MasterStopped(master)),
    ];

    private static IEnumerable<TestCaseData> UpdatesOfAWorker => Cases(OfAWorker);

    private static IEnumerable<TestCaseData> UpdatesOfAMaster => Cases(OfAMaster);

    [TestCaseSource(nameof(UpdatesOfAWorker))]
    public async Task Update_UnknownWorker_FailsAndAnnouncesNothing(Func<Updates, long, Task> update) =>
        await ShouldNotFind(update, "worker");

    [TestCaseSource(nameof(UpdatesOfAMaster))]
    public async Task Update_UnknownMaster_FailsAndAnnouncesNothing(Func<Updates, long, Task> update) =>
        await ShouldNotFind(update, "master");

    [Test]
    public async Task WorkerConfigured_UnknownBuilder_FailsAndAnnouncesNothing() =>
        await ShouldNotFind((updates, builder) => updates.WorkerConfigured(1, [builder]), "builder");

    [Test]
    public async Task WorkerConfigured_ForBuilders_IsReturnedSorted()
    {
        long worker = await Updates.EnsureWorker("w");
        long[] builders = [await Updates.EnsureBuilder("a"), await Updates.EnsureBuilder("b")];

        await Updates.WorkerConfigured(worker, [builders[1], builders[0], builders[1]]);

        (await Get(worker)).ConfiguredOn.Should().Equal(new ConfiguredBuilder(builders[0], 1), new ConfiguredBuilder(builders[1], 1));
    }

    [Test]
    public async Task WorkerConnected_WithInformation_HasItAndItsVersion()
    {
        long worker = await Updates.EnsureWorker("w");

        await Updates.WorkerConnected(worker, WorkerInfo.Parse("""{"version": "4.3", "nested": {"a": [1, 2.50, null]}}"""));

        Worker connected = await Get(worker);
        connected.Version.Should().Be("4.3");
        connected.WorkerInfo.Should().Be(WorkerInfo.Parse("""{"nested": {"a": [1, 2.5, null]}, "version": "4.3"}"""));
        connected.WorkerInfo.ToString().Should().Contain("2.50");
        connected.ConnectedTo.Should().Equal(new ConnectedMaster(1));
    }

    [TestCase("""{"version": 4}""")]
    [TestCase("{}")]
    public async Task WorkerConnected_VersionIsNoText_HasNone(string json)
    {
        long worker = await Updates.EnsureWorker("w");
        await Updates.WorkerConnected(worker, WorkerInfo.Parse("""{"version": "4.3"}"""));

        await Updates.WorkerConnected(worker, WorkerInfo.Parse(json));

        (await Get(worker)).Version.Should().BeNull();
    }

    [Test]
    public async Task Workers_FilteredByVersion_AreThoseOfTheVersion()
    {
        long[] workers = [await Updates.EnsureWorker("a"), await Updates.EnsureWorker("b")];
        await Updates.WorkerConnected(workers[1], WorkerInfo.Parse("""{"version": "4.3"}"""));

        (await Data.GetAll<Worker>("/workers?version=4.3")).Select(worker => worker.WorkerId).Should().Equal(workers[1]);
    }

    [Test]
    public async Task WorkerHeartbeat_OfAWorker_SetsItsTimeAndAnnouncesNothing()
    {
        long worker = await Updates.EnsureWorker("w");
        Subscription events = Data.Events.Subscribe("/workers/*");
        Clock.Advance(TimeSpan.FromMinutes(1));

        await Updates.WorkerHeartbeat(worker);

        (await Get(worker)).LastSeen.Should().Be(Clock.GetUtcNow());
        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task WorkerConnected_Now_IsWhenItWasLastSeen()
    {
        long worker = await Updates.EnsureWorker("w");
        (await Get(worker)).LastSeen.Should().BeNull();

        await Updates.WorkerConnected(worker);

        (await Get(worker)).LastSeen.Should().Be(Clock.GetUtcNow());
    }

    [Test]
    public async Task WorkerHeartbeat_InATransaction_IsInItsNextEvent()
    {
        long worker = await Updates.EnsureWorker("w");
        await using Subscription<Worker> events = Data.Events.Subscribe<Worker>();

        await Updates.Transaction(async updates =>
        {
            await updates.SetWorkerPaused(worker, paused: true);
            await updates.WorkerHeartbeat(worker);
            await updates.SetWorkerGraceful(worker, graceful: true);
        });

        await events.DisposeAsync();
        List<Worker> announced = [];
        await foreach (DataEvent<Worker> e in events)
            announced.Add(e.Resource);
        announced.Select(announced => (announced.Paused, announced.Graceful, announced.LastSeen))
            .Should().Equal((true, false, null), (true, true, Clock.GetUtcNow()));
    }

    [Test]
    public async Task WorkerMissing_OfAWorker_IsAnnouncedWithTheWorkerAndChangesNothing()
    {
        long id = await Updates.EnsureWorker("w");
        Worker before = await Get(id);
        Subscription<MissingWorker> events = Data.Events.Subscribe<MissingWorker>("/workers/*", "missing");

        await Updates.WorkerMissing(id, "yesterday", ["ann@example.org"]);

        await events.DisposeAsync();
        await foreach (DataEvent<MissingWorker> e in events)
        {
            (e.Path, e.Resource.Name, e.Resource.LastConnection).Should().Be(($"/workers/{id}", "w", "yesterday"));
            e.Resource.Notify.Should().Equal("ann@example.org");
        }

        (await Get(id)).Should().Be(before);
    }

    [Test]
    public async Task Watch_OfAMissingWorker_SeesNoChange()
    {
        long id = await Updates.EnsureWorker("w");
        await using Watch<Worker> watch = await Data.Watch<Worker>("/workers");

        await Updates.WorkerMissing(id, "yesterday");
        await Updates.SetWorkerPaused(id, paused: true);

        (await watch.Next(1)).Single().EventName.Should().Be("state_updated");
    }

    [Test]
    public async Task Watch_OfTheWorkersOfABuilder_SeesOnlyItsPlaces()
    {
        long worker = await Updates.EnsureWorker("w");
        long[] builders = [await Updates.EnsureBuilder("a"), await Updates.EnsureBuilder("b")];
        await using Watch<Worker> watch = await Data.Watch<Worker>("/builders/a/workers");

        await Updates.WorkerConfigured(worker, builders);
        await Updates.WorkerConfigured(worker, [builders[1]]);

        List<WatchChange<Worker>> changes = await watch.Next(2);
        changes.Select(change => change.Kind).Should().Equal(WatchChangeKind.Added, WatchChangeKind.Removed);
        changes[0].Resource.ConfiguredOn.Should().Equal(new ConfiguredBuilder(builders[0], 1));
    }

    [TestCase("a.b")]
    [TestCase("1st")]
    [TestCase("")]
    public async Task EnsureWorker_NoName_IsRefused(string name) =>
        await Updates.Awaiting(updates => updates.EnsureWorker(name)).Should().ThrowAsync<ArgumentException>().WithParameterName(nameof(name));

    [Test]
    public async Task EnsureWorkerFromTitle_AnyText_HasASimilarNameAndTheTitle()
    {
        long id = await Updates.EnsureWorkerFromTitle("runner.eu-west (pod 7)");

        Worker worker = await Get(id);
        worker.Name.Should().MatchRegex("^runner_eu-west__pod_7__[0-9a-f]{8}$");
        worker.Title.Should().Be("runner.eu-west (pod 7)");
        (await Updates.EnsureWorkerFromTitle("runner.eu-west (pod 7)")).Should().Be(id);
        (await Data.Get<Worker>($"/workers/{worker.Name}"))!.WorkerId.Should().Be(id);
    }

    [Test]
    public async Task EnsureWorkerFromTitle_TitleIsAName_IsTheName()
    {
        long id = await Updates.EnsureWorkerFromTitle("worker-1");

        Worker worker = await Get(id);
        (worker.Name, worker.Title).Should().Be(("worker-1", "worker-1"));
        (await Updates.EnsureWorker("worker-1")).Should().Be(id);
    }

    [Test]
    public async Task EnsureWorkerFromTitle_DifferentTitles_AreDifferentWorkers()
    {
        string longTitle = new('w', 60);
        Worker made = await Get(await Updates.EnsureWorkerFromTitle("a b"));
        string[] titles = ["a b", "a_b", "a.b", "a/b", longTitle, longTitle + "1", made.Name, "é é", "é.é"];

        long[] ids = await Task.WhenAll(titles.Select(title => Updates.EnsureWorkerFromTitle(title)));

        ids.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task EnsureWorker_WithoutTitle_HasNone() => (await Get(await Updates.EnsureWorker("w"))).Title.Should().BeNull();

    [Test]
    public async Task NewStepFromTitle_TwoTitlesWithOneName_AreTwoSteps()
    {
        long build = await Updates.Build();

        AddedStep first = await Updates.NewStepFromTitle(build, "build (ubuntu-latest, 3.12)");
        AddedStep second = await Updates.NewStepFromTitle(build, "build [ubuntu-latest, 3.12]");

        (first.Name, second.Name).Should().Be(("build__ubuntu-latest__3.12_", "build__ubuntu-latest__3.12__1"));
        (await Data.GetAll<Step>($"/builds/{build}/steps")).Select(step => step.Title).Should().Equal("build (ubuntu-latest, 3.12)", "build [ubuntu-latest, 3.12]");
    }

    [Test]
    public void WorkerInfo_NoObject_IsRefused()
    {
        FluentActions.Invoking(() => WorkerInfo.Parse("[1]")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => WorkerInfo.Parse("{")).Should().Throw<ArgumentException>();
    }

    private static IEnumerable<TestCaseData> Cases((string Name, Func<Updates, long, Task> Update)[] updates) =>
        updates.Select(update => new TestCaseData(update.Update).SetArgDisplayNames(update.Name));

    private async Task ShouldNotFind(Func<Updates, long, Task> update, string kind)
    {
        await Updates.EnsureWorker("w");
        Subscription events = Data.Events.Subscribe(["/workers/*", "/builders/*", "/masters/*"]);

        (await Updates.Awaiting(updates => update(updates, 99)).Should().ThrowAsync<ResourceNotFoundException>())
            .Where(error => error.Kind == kind && error.Id == 99);

        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    private async Task<Worker> Get(long id) => (await Data.Get<Worker>($"/workers/{id}"))!;
}
