using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Old;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Writes to a store after its migration, and compares what it gets with what was there.</summary>
/// <param name="master">The master.</param>
/// <param name="old">What the store was.</param>
internal sealed class NewUpdates(Master master, OldDatabase old)
{
    private readonly Updates _updates = master.Data.Updates;

    /// <summary>Runs a build of each builder, with new and known source stamps, keys and names.</summary>
    /// <returns>The id of the first buildset.</returns>
    public async Task<long> Run()
    {
        SourceStamp known = old.Data.SourceStamps.First(stamp => stamp.Patch is null);
        AddedBuildset added = await _updates.AddBuildset(
            reason: "after the upgrade", builderIds: [.. old.Data.Builders.Select(builder => builder.BuilderId)],
            sourceStamps: [Key(known), new SourceStampKey { Repository = "new", Branch = "new" }], waitedFor: true, uniqueKey: "after the upgrade");
        Expect(added.BuildsetId > old.Data.Buildsets.Max(buildset => buildset.BuildsetId), $"A new buildset has the id {added.BuildsetId}.");
        Buildset buildset = (await master.Data.Get<Buildset>($"/buildsets/{added.BuildsetId}"))!;
        Expect(buildset.SourceStamps.Contains(known), $"The source stamp {known} was added again: {string.Join(", ", buildset.SourceStamps)}");
        foreach (Builder builder in old.Data.Builders)
        {
            Expect(await _updates.FindBuilderId(builder.Name) == builder.BuilderId, $"The builder '{builder.Name}' was added again.");
            await RunBuild(builder, added.BuildRequestIds[builder.BuilderId]);
        }

        foreach ((long id, string key) in old.Data.UniqueKeys)
        {
            AddedBuildset same = await _updates.AddBuildset(reason: "again", uniqueKey: key);
            Expect(!same.IsNew && same.BuildsetId == id, $"The buildset with the key '{key}' was {id}, but another one was added: {same.BuildsetId}.");
        }

        Buildset complete = (await master.Data.Get<Buildset>($"/buildsets/{added.BuildsetId}"))!;
        Expect(complete is { Complete: true, Results: BuildResult.Success }, $"The buildset is not complete: {complete}");
        return added.BuildsetId;
    }

    private static SourceStampKey Key(SourceStamp stamp) =>
        new() { Branch = stamp.Branch, Revision = stamp.Revision, Repository = stamp.Repository, Project = stamp.Project, Codebase = stamp.Codebase };

    private async Task RunBuild(Builder builder, long request)
    {
        Worker worker = old.Data.Workers[0];
        Expect(await _updates.ClaimBuildRequests([request]), $"The request {request} can't be claimed.");
        AddedBuild build = await _updates.AddBuild(builder.BuilderId, request, worker.WorkerId);
        long last = old.Data.Builds.Where(other => other.BuilderId == builder.BuilderId).Select(other => other.Number).DefaultIfEmpty().Max();
        Expect(build.Number == last + 1, $"The last build of '{builder.Name}' was {last}, and the next one is {build.Number}.");
        AddedStep step = await _updates.NewStep(build.BuildId, "compile");
        await _updates.StartStep(step.StepId);
        await _updates.AddStepUrl(step.StepId, "url", "https://example.org");
        AddedLog log = await _updates.AddLog(step.StepId, "stdio", LogType.Text);
        Expect(log.LogId > old.Data.Logs.Select(other => other.Log.LogId).DefaultIfEmpty().Max(), $"A new log has the id {log.LogId}.");
        await _updates.AppendLog(log.LogId, "a\nb\n");
        await _updates.FinishLog(log.LogId);
        await _updates.FinishStep(step.StepId, BuildResult.Success);
        await _updates.SetBuildProperty(build.BuildId, "p", ("x", "Torture"));
        await _updates.FinishBuild(build.BuildId, BuildResult.Success);
        await _updates.CompleteBuildRequests([request], BuildResult.Success);
        LogContents? contents = await master.Data.Get<LogContents>($"/builds/{build.BuildId}/steps/compile/logs/stdio/contents");
        Expect(contents?.Content == "a\nb\n", $"A new log has the lines {contents?.Content}.");
        ResourceList<Build> found = await master.Data.GetAll<Build>($"/builds?sourcestamp.branch={"new"}&builderid={builder.BuilderId}");
        Expect(found is [{ } one] && one.BuildId == build.BuildId, $"The new build {build.BuildId} is not found by its branch.");
    }

    private static void Expect(bool holds, string violation)
    {
        if (!holds)
            throw new ViolationException($"After the migration: {violation}");
    }
}
