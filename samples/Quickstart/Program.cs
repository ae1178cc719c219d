// The examples of the README and of the guide. A test checks that they show the code between each pair of marks unchanged.

// <open>
using BuildData;

await using var master = await Master.Open("Data Source=builds.db");
var updates = master.Data.Updates;
// </open>

Task following = Follow();

// <write>
long linux = await updates.FindBuilderId("linux");
long worker = await updates.FindWorkerId("worker-1");

var (buildsetId, requests) = await updates.AddBuildset(
    scheduler: "nightly",
    sourceStamps: [new SourceStampKey { Repository = "https://example.org/app.git", Branch = "main", Revision = "9f3c1e" }],
    reason: "nightly build",
    properties: new() { ["owner"] = ("ann", "Scheduler") },
    builderIds: [linux]);

if (!await updates.ClaimBuildRequests([requests[linux]]))
    return;                                                                       // another master builds it

var build = await updates.AddBuild(linux, requests[linux], worker);
var step = await updates.NewStep(build.BuildId, "compile");
await updates.StartStep(step.StepId);
await using (LogWriter log = await updates.OpenLogWriter(step.StepId, "stdio"))
    await log.WriteLineAsync("compiled 12 files");
await updates.FinishStep(step.StepId, BuildResult.Success, hidden: false);
await updates.FinishBuild(build.BuildId, BuildResult.Success);
bool completed = await updates.CompleteBuildRequests([requests[linux]], BuildResult.Success);     // completes the buildset too
// </write>

// <read>
Buildset? set = await master.Data.Get<Buildset>($"/buildsets/{buildsetId}");
var failed = await master.Data.GetAll<Step>($"/builders/{"linux"}/builds/{build.Number}/steps?results__ne=0&order=-number&limit=20");
DataResult r = await master.Data.Get("/builds/1/steps/compile");                  // when the path is data: a proxy, a REST front
// </read>

Console.WriteLine($"buildset {set!.BuildsetId} is complete: {completed}, {set.Results}; {failed.Count} of its steps failed");
Console.WriteLine(r.ToJson());

Task watching = Watch();

// <transaction>
await updates.Transaction(async u =>
{
    var test = await u.NewStep(build.BuildId, "test");
    await u.StartStep(test.StepId);
    await u.FinishStep(test.StepId, BuildResult.Failure, hidden: false);
});
// </transaction>

// <wait>
Build finished = await master.Data.WaitFor<Build>($"/builds/{build.BuildId}", "finished", timeout: TimeSpan.FromHours(1));
// </wait>

Console.WriteLine($"build {finished.Number} finished: {finished.Results}");
await master.DisposeAsync();
await following;
await watching;
await Resume();

async Task Follow()
{
    // <follow>
    await foreach (var e in master.Data.Events.Subscribe("/builds/*/steps/*"))    // new, started, updated, finished
        Console.WriteLine($"{e.Path} {e.Name}: {((Step)e.Resource).StateString}");
    // </follow>
}

async Task Watch()
{
    // <watch>
    await using var failing = await master.Data.Watch<Step>($"/builds/{build.BuildId}/steps?results__ne=0");
    Console.WriteLine($"{failing.InitialResult.Count} steps have not succeeded");     // what GetAll would have returned
    await foreach (var change in failing)                                             // and every change of it since
        Console.WriteLine($"{change.Kind}: {change.Resource.Name} ({change.EventName})");
    // </watch>
}

static async Task Resume()
{
    // <keep>
    await using var master = await Master.Open(o => o.UseSqlite("Data Source=builds.db").KeepEvents(TimeSpan.FromDays(7)));
    // </keep>

    // A new follower starts after the last event until now.
    Task notifying = Notify(master, master.Data.Events.LastCursor);
    await master.Data.Updates.FinishBuild(1, BuildResult.Failure);
    await master.DisposeAsync();
    await notifying;
}

static async Task Notify(Master master, EventCursor cursor)
{
    // <resume>
    await foreach (var e in master.Data.Events.Subscribe<Build>("/builds/*", after: cursor, "finished"))
    {
        Console.WriteLine($"build {e.Resource.Number} finished: {e.Resource.Results}");
        cursor = e.Cursor;                                                            // store it with what was done
    }
    // </resume>
}
