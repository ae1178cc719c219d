using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.Consumer;

/// <summary>Records a build in a store, and reads it in each way that the library offers.</summary>
internal static class StoreTrial
{
    public static async Task Run(string name, Action<BuildDataOptions> useStore)
    {
        EventCursor cursor;
        long buildId;
        await using (ServiceProvider services = AddTo(useStore).BuildServiceProvider())
        {
            Master master = services.GetRequiredService<Master>();
            await master.Open();
            cursor = master.Data.Events.LastCursor;
            buildId = await Record(master);
            await Read(master, buildId);
            await Watch(master, buildId);
        }

        await using (ServiceProvider services = AddTo(useStore).BuildServiceProvider())
            await Resume(services.GetRequiredService<Master>(), cursor, buildId);
        Console.WriteLine($"{name}: the build {buildId} was recorded, read, watched and followed");
    }

    private static ServiceCollection AddTo(Action<BuildDataOptions> useStore)
    {
        var services = new ServiceCollection();
        services.AddBuildData(options =>
        {
            useStore(options);
            options.KeepEvents(TimeSpan.FromDays(1));
        });
        return services;
    }

    private static async Task<long> Record(Master master)
    {
        Updates updates = master.Data.Updates;
        long linux = await updates.FindBuilderId("linux");
        long worker = await updates.FindWorkerId("worker-1");
        AddedBuildset set = await updates.AddBuildset(
            scheduler: "nightly",
            sourceStamps: [new SourceStampKey { Repository = "https://example.org/app.git", Branch = "main" }],
            reason: "nightly build",
            properties: new() { ["owner"] = ("ann", "Scheduler") },
            builderIds: [linux]);
        BuildRequestsResult claimed = await updates.ClaimBuildRequests([set.BuildRequestIds[linux]]);
        Expect(claimed.Succeeded, true);
        AddedBuild build = await updates.AddBuild(linux, set.BuildRequestIds[linux], worker);
        await updates.SetBuildProperty(build.BuildId, "revision", ("9f3c1e", "Git"));
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        await updates.StartStep(step.StepId);
        await updates.AddStepUrl(step.StepId, "log", "https://example.org/logs/1");
        await updates.FinishStep(step.StepId, BuildResult.Success);
        await updates.Transaction(async u =>
        {
            AddedStep test = await u.NewStep(build.BuildId, "test");
            await u.StartStep(test.StepId);
            await u.FinishStep(test.StepId, BuildResult.Failure);
        });
        return build.BuildId;
    }

    private static async Task Read(Master master, long buildId)
    {
        ResourceList<Step> steps = await master.Data.GetAll<Step>($"/builds/{buildId}/steps?order=-number");
        Expect(string.Join(' ', steps.Select(step => step.Name)), "test compile");
        ResourceList<Step> failed = await master.Data.GetAll<Step>($"/builds/{buildId}/steps?results=2");
        Expect(failed.Single().Name, "test");
        string json = JsonSerializer.Serialize(steps, BuildDataJsonContext.Default.ResourceListStep);
        Expect(JsonSerializer.Deserialize(json, BuildDataJsonContext.Default.IReadOnlyListStep)!.Count, 2);
        Build build = (await master.Data.Get<Build>($"/builds/{buildId}?property=*"))!;
        Expect(build.Properties["revision"].Value.GetString(), "9f3c1e");
        Expect((await master.Data.Get($"/builders/{"linux"}/builds")).ToJson().Contains("\"results\":null", StringComparison.Ordinal), true);
    }

    private static async Task Watch(Master master, long buildId)
    {
        await using Watch<Build> watch = await master.Data.Watch<Build>($"/builds?complete=false");
        Expect(watch.InitialResult.Any(build => build.BuildId == buildId), true);
        await master.Data.Updates.FinishBuild(buildId, BuildResult.Failure);
        await foreach (WatchChange<Build> change in watch)
        {
            Expect(change.Kind, WatchChangeKind.Removed);
            Expect(change.Resource.BuildId, buildId);
            break;
        }
    }

    private static async Task Resume(Master master, EventCursor cursor, long buildId)
    {
        List<string> names = [];
        await using Subscription events = master.Data.Events.Subscribe("/builds/*", after: cursor);
        await foreach (DataEvent e in events)
        {
            Expect(((Build)e.Resource).BuildId, buildId);
            names.Add(e.Name);
            if (e.Name == "finished")
                break;
        }

        Expect(string.Join(' ', names), "new finished");
    }

    public static void Expect<T>(T actual, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
            throw new InvalidOperationException($"Expected {expected}, but the result is {actual}.");
    }
}
