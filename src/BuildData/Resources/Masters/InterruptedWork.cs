using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Steps;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Resources.Masters;

/// <summary>Ends what a master has left open after it was stopped or killed.</summary>
internal static class InterruptedWork
{
    public static async ValueTask<RecoveredWork> End(UpdateContext context, long masterId, BuildResult results)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM buildrequests WHERE complete = 0 AND claimed_by = {masterId} ORDER BY id");
        List<long> claims = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        var requests = new List<BuildRequest>();
        foreach (long id in claims)
            requests.Add(await BuildRequestTable.GetForUpdate(context, id).ConfigureAwait(false));

        sql = context.Session.Sql();
        sql.Append($"SELECT id FROM builds WHERE complete = 0 AND master_id = {masterId} ORDER BY id");
        List<long> ids = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        var builds = new List<Build>();
        foreach (long id in ids)
            builds.Add(await BuildTable.GetForUpdate(context, id).ConfigureAwait(false));

        sql = context.Session.Sql();
        sql.Append($"SELECT step.id FROM steps AS step JOIN builds AS build ON build.id = step.build_id WHERE step.complete = 0 AND build.complete = 0 AND build.master_id = {masterId} ORDER BY step.id");
        foreach (long id in await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false))
        {
            Step step = await StepTable.GetForUpdate(context, id).ConfigureAwait(false);
            await StepTable.Finish(context, step with
            {
                Complete = true, CompleteAt = await StepTable.GetEndTime(context, step).ConfigureAwait(false), Results = results,
            }).ConfigureAwait(false);
        }

        foreach (Build build in builds)
            await BuildTable.Finish(context, build with { Complete = true, CompleteAt = context.NowButNotBefore(build.StartedAt), Results = results }).ConfigureAwait(false);
        foreach (BuildRequest request in requests)
            await BuildRequestTable.Unclaim(context, request).ConfigureAwait(false);
        return new RecoveredWork(claims);
    }
}

internal sealed record RecoveredWork(IReadOnlyList<long> ReleasedBuildRequestIds);
