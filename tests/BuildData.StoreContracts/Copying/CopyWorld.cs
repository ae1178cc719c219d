namespace BuildData.StoreContracts;

/// <summary>Fills a store with data that uses every table and every column, and reads all of it.</summary>
public static class CopyWorld
{
    private static readonly string[] Collections = ["builders", "workers", "masters", "sourcestamps", "buildsets", "buildrequests", "builds", "steps"];

    /// <summary>Adds resources of every kind, in every state.</summary>
    /// <param name="updates">The updates of an open master.</param>
    /// <param name="clock">The clock of the master.</param>
    public static async Task Fill(Updates updates, TestClock clock)
    {
        var world = new SmallWorld(updates, clock);
        for (int i = 0; i < 3; i++)
            await world.Grow();

        long worker = await updates.EnsureWorkerFromTitle("worker of the 4th floor");
        await updates.WorkerHeartbeat(worker);
        long builder = await updates.FindBuilderId("odd");
        AddedBuildset odd = await updates.AddBuildset(
            sourceStamps: [new SourceStampKey { Branch = "日本\0\u0001😀", Patch = new PatchKey { Body = "+1\n-2\r\n", Author = "ann", Comment = "", Level = 2, Subdir = "src" } }],
            properties: new() { ["unset"] = (null, "Scheduler"), ["long"] = (new string('x', 20_000), "Scheduler"), [new string('n', 3_000)] = (long.MinValue, "") },
            builderIds: [builder], externalIdString: "", priority: long.MaxValue, uniqueKey: "once", waitedFor: true);
        await updates.ClaimBuildRequests([odd.BuildRequestIds[builder]]);
        AddedBuild build = await updates.AddBuild(builder, odd.BuildRequestIds[builder], worker);
        await updates.NewStepFromTitle(build.BuildId, "compile \u0002 everything");
        await updates.AddBuildLocksDuration(build.BuildId, 3);
        await updates.CancelBuildRequests([odd.BuildRequestIds[builder]], "no longer needed");
        await updates.FinishBuild(build.BuildId, BuildResult.Cancelled);
        await updates.Rebuild(build.BuildId);
        await updates.Rebuild(build.BuildId);
        await updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [builder]);
        await updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [builder], reason: "replaces the request before");
    }

    /// <summary>Reads all resources of a store, and the lists that belong to them.</summary>
    /// <returns>For each path, the JSON of its result.</returns>
    public static async Task<Dictionary<string, string>> ReadAll(DataApi data)
    {
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string collection in Collections)
            await Read($"/{collection}");
        for (int id = 1; id <= await data.Count<Build>("/builds"); id++)
        {
            foreach (string list in (string[])["properties", "steps", "triggered_builds", "buildrequest"])
                await Read($"/builds/{id}/{list}");
        }

        for (int id = 1; id <= await data.Count<Buildset>("/buildsets"); id++)
        {
            foreach (string list in (string[])["properties", "sourcestamps", "buildrequests"])
                await Read($"/buildsets/{id}/{list}");
        }

        for (int id = 1; id <= await data.Count<Builder>("/builders"); id++)
        {
            foreach (string list in (string[])["masters", "workers", "builds", "buildrequests"])
                await Read($"/builders/{id}/{list}");
        }

        return results;

        async Task Read(string path) => results[path] = (await data.Get(path)).ToJson();
    }
}
