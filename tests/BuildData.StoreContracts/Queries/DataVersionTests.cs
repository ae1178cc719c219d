using System.Reflection;
using System.Text.RegularExpressions;

namespace BuildData.StoreContracts;

/// <summary>The version of the data changes whenever a result of any path changes.</summary>
public abstract partial class DataVersionTests(StoreKind kind) : MasterTests(kind)
{
    // These add nothing of their own: they run other updates.
    private static readonly string[] Wrappers = [nameof(Updates.Transaction), nameof(Updates.OpenLogWriter), nameof(Updates.OpenStdioLogWriter)];

    private static readonly (string Name, Func<Updates, Task> Run)[] Steps =
    [
        ("FindBuilderId", static u => u.FindBuilderId("new")),
        ("EnsureBuilder", static u => u.EnsureBuilder("newer")),
        ("UpdateBuilderInfo", static u => u.UpdateBuilderInfo(1, "changed")),
        ("RenameBuilder", static u => u.RenameBuilder(1, "renamed")),
        ("UpdateBuilderList", static u => u.UpdateBuilderList(["renamed", "listed"])),
        ("FindWorkerId", static u => u.FindWorkerId("found")),
        ("EnsureWorker", static u => u.EnsureWorker("ensured")),
        ("EnsureWorkerFromTitle", static u => u.EnsureWorkerFromTitle("from a title")),
        ("WorkerConfigured", static u => u.WorkerConfigured(1, [1, 2])),
        ("WorkerConnected", static u => u.WorkerConnected(1, WorkerInfo.Parse("""{"version": "9"}"""))),
        ("WorkerHeartbeat", static u => u.WorkerHeartbeat(1)),
        ("WorkerDisconnected", static u => u.WorkerDisconnected(1)),
        ("WorkerMissing", static u => u.WorkerMissing(1, "yesterday")),
        ("SetWorkerPaused", static u => u.SetWorkerPaused(1, paused: true, "full disk")),
        ("SetWorkerPaused", static u => u.SetWorkerPaused(1, paused: false)),
        ("SetWorkerGraceful", static u => u.SetWorkerGraceful(1, graceful: true)),
        ("SetWorkerGraceful", static u => u.SetWorkerGraceful(1, graceful: false)),
        ("AddBuildset", static u => u.AddBuildset(sourceStamps: [Given.Main], reason: "first", properties: new() { ["a"] = (1, "S") }, builderIds: [1, 2])),
        ("AddBuildset", static u => u.AddBuildset(sourceStamps: [Given.Main], reason: "collapses the first", properties: new() { ["a"] = (1, "S") }, builderIds: [1])),
        ("AddBuildset", static u => u.AddBuildset(reason: "is complete at once")),
        ("MaybeBuildsetComplete", static u => u.MaybeBuildsetComplete(1)),
        ("ClaimNext", static async u => await u.UnclaimBuildRequests([(await u.ClaimNext([1]))!.BuildRequestId])),
        ("StartNext", static u => u.StartNext(1, [1])),
        ("Rebuild", static u => u.Rebuild(1)),
        ("ClaimBuildRequests", static async u => await u.ClaimBuildRequests([(await u.Request()).RequestId])),
        ("UnclaimBuildRequests", static async u => { long request = (await u.Request()).RequestId; await u.ClaimBuildRequests([request]); await u.UnclaimBuildRequests([request]); }),
        ("CompleteBuildRequests", static async u => await u.CompleteBuildRequests([(await u.Request()).RequestId], BuildResult.Failure)),
        ("CancelBuildRequests", static async u => await u.CancelBuildRequests([(await u.Request()).RequestId], "not needed")),
        ("CancelBuildset", static async u => await u.CancelBuildset((await u.Request()).BuildsetId, "not needed")),
        ("AddBuild", static u => u.Build()),
        ("SetBuildStateString", static u => u.SetBuildStateString(2, "changed")),
        ("SetBuildProperty", static u => u.SetBuildProperty(2, "late", (true, "S"))),
        ("AddBuildLocksDuration", static u => u.AddBuildLocksDuration(2, 7)),
        ("NewStep", static u => u.NewStep(2, "added")),
        ("NewStepFromTitle", static u => u.NewStepFromTitle(2, "added from a title")),
        ("StartStep", static async u => await u.StartStep((await u.NewStep(2, "s")).StepId)),
        ("SetStepLocksAcquiredAt", static u => u.SetStepLocksAcquiredAt(2)),
        ("SetStepStateString", static u => u.SetStepStateString(2, "changed")),
        ("AddStepUrl", static u => u.AddStepUrl(2, "name", "https://example.org/changed")),
        ("AddLog", static u => u.AddLog(2, "added")),
        ("AppendLog", static async u => await u.AppendLog((await u.AddLog(2, "grows")).LogId, "a line\n")),
        ("FinishLog", static async u => await u.FinishLog((await u.AddLog(2, "ends")).LogId)),
        ("FinishStep", static u => u.FinishStep(2, BuildResult.Exception)),
        ("FinishBuild", static u => u.FinishBuild(2, BuildResult.Warnings)),
        ("RecoverInterrupted", static u => u.RecoverInterrupted()),
        ("DeconfigureAllWorkersForMaster", static u => u.DeconfigureAllWorkersForMaster()),
        ("MasterStopped", static u => u.MasterStopped()),
        ("MasterActive", static u => u.MasterActive()),
        ("ExpireMasters", static u => u.ExpireMasters(forceHouseKeeping: true)),
        ("ReleaseClaimsOfDeadMasters", static u => u.ReleaseClaimsOfDeadMasters(TimeSpan.FromHours(1))),
        ("RemoveBuilder", static async u => await u.RemoveBuilder(await u.FindBuilderId("never built"))),
        ("Prune", static u => u.Prune(new HistoryPolicy(TimeSpan.FromDays(30), atLeastPerBuilder: 0))),
    ];

    [Test]
    public async Task GetVersion_AfterEachUpdate_HasChangedIfAnyResultHas()
    {
        var world = new SmallWorld(Updates, Clock);
        await world.Grow();
        string[] paths = [.. Endpoints.Patterns.SelectMany(pattern => WatchablePaths.WithoutHoles(pattern).Take(3))];
        string version = (await Data.GetVersion())!;
        Dictionary<string, string> results = await ReadAll(paths);
        int changes = 0;
        foreach ((string name, Func<Updates, Task> run) in Steps)
        {
            Clock.Advance(name == "Prune" ? TimeSpan.FromDays(60) : TimeSpan.FromSeconds(1));

            await run(Updates);

            string newVersion = (await Data.GetVersion())!;
            Dictionary<string, string> newResults = await ReadAll(paths);
            string[] changed = [.. paths.Where(path => newResults[path] != results[path])];
            if (newVersion == version)
                changed.Should().BeEmpty("{0} has not changed the version", name);
            changes += changed.Length > 0 ? 1 : 0;
            (version, results) = (newVersion, newResults);
        }

        changes.Should().BeGreaterThan(Steps.Length * 3 / 4, "most of the updates must change something");
    }

    [Test]
    public void Updates_OfTheLibrary_AreAllTried() =>
        typeof(Updates).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && typeof(Task).IsAssignableFrom(method.ReturnType)).Select(method => method.Name).Except(Wrappers).Distinct()
            .Should().BeSubsetOf(Steps.Select(step => step.Name));

    [Test]
    public async Task GetVersion_NothingIsWritten_StaysTheSame()
    {
        await Updates.Step();
        string? version = await Data.GetVersion();

        await Data.Get("/steps");
        await (await Data.Watch<Step>("/steps")).DisposeAsync();

        version.Should().NotBeNull();
        (await Data.GetVersion()).Should().Be(version);
    }

    [Test]
    public async Task GetVersion_WithoutSubscribersAndWith_IsNewAfterEachAwaitedUpdate()
    {
        long step = await Updates.Step();
        var versions = new List<string?> { await Data.GetVersion() };
        for (int i = 0; i < 3; i++)
        {
            await Updates.SetStepStateString(step, $"{i}");
            versions.Add(await Data.GetVersion());
        }

        await using Subscription steps = Data.Events.Subscribe("/steps/*");
        await Updates.SetStepStateString(step, "last");
        versions.Add(await Data.GetVersion());

        versions.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task GetVersion_StoreIsOpenedAgain_IsAnother()
    {
        await Updates.Step();
        string? version = await Data.GetVersion();
        await Master.DisposeAsync();

        await using Master again = await Store.Open();

        (await again.Data.GetVersion()).Should().NotBe(version);
    }

    private async Task<Dictionary<string, string>> ReadAll(string[] paths)
    {
        var results = new Dictionary<string, string>();
        foreach (string path in paths)
            results[path] = Unannounced().Replace((await Data.Get(path)).ToJson(), "");
        return results;
    }

    // The times of heartbeats are the documented exceptions.
    [GeneratedRegex("\"(last_active|last_seen)\":[0-9]+")]
    private static partial Regex Unannounced();
}
