using BuildData.Definitions;
using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Logs;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;

namespace BuildData.History;

/// <summary>Removes rows from the database and from the cache within an update. Announces the event <c>removed</c>.</summary>
internal static class RemovalWriter
{
    public static async ValueTask Write(UpdateContext context, Removal removal)
    {
        // Some events contain properties, which are read before they are removed.
        foreach (Build build in removal.Builds)
            await AnnounceBuild(context, build).ConfigureAwait(false);
        foreach (BuildRequest request in removal.Requests)
            await BuildRequestTable.Announce(context, request, ResourceDefinition.RemovedEventName).ConfigureAwait(false);
        foreach (Buildset buildset in removal.Buildsets)
            BuildsetTable.Announce(context, buildset, ResourceDefinition.RemovedEventName);
        foreach (SourceStamp stamp in removal.SourceStamps)
            context.Announce(SourceStampDefinition.Instance, ResourceDefinition.RemovedEventName, stamp, stamp.SourceStampId);

        await RemoveBuilds(context, removal).ConfigureAwait(false);
        await RemoveRequests(context, removal).ConfigureAwait(false);
        await RemoveBuildsets(context, removal).ConfigureAwait(false);
        await RemoveSourceStamps(context, removal).ConfigureAwait(false);
    }

    private static async ValueTask AnnounceBuild(UpdateContext context, Build build)
    {
        PropertyMap? properties = context.WantsProperties
            ? await context.Get(new PropertiesOfBuild(build.BuildId), build.BuildId).ConfigureAwait(false)
            : null;
        context.Announce(BuildDefinition.Instance, ResourceDefinition.RemovedEventName, build, build.BuildId, properties);
    }

    private static async ValueTask RemoveBuilds(UpdateContext context, Removal removal)
    {
        foreach (IdPair step in removal.Steps)
            context.Cache.SetRemoved(new RowKey(ResourceTables.Steps.Name, step.Id));
        foreach (long id in removal.Steps.Select(step => step.OwnerId).Distinct())
        {
            await LogRemoval.RemoveLogsOfBuild(context, id).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM steps WHERE build_id = $1", id).ConfigureAwait(false);
        }

        BuildCache cache = context.Cache.GetPart<BuildCache>();
        foreach (Build build in removal.Builds)
        {
            cache.Remove(build.BuildId);
            await BuildTerms.Remove(context, build).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM build_properties WHERE build_id = $1", build.BuildId).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM builds WHERE id = $1", build.BuildId).ConfigureAwait(false);
        }
    }

    private static async ValueTask RemoveRequests(UpdateContext context, Removal removal)
    {
        BuildRequestCache cache = context.Cache.GetPart<BuildRequestCache>();
        foreach (BuildRequest request in removal.Requests)
        {
            cache.Requests.Remove(request.BuildRequestId);
            context.Cache.SetRemoved(new RowKey(ResourceTables.BuildRequests.Name, request.BuildRequestId));
            await context.Session.Execute("DELETE FROM buildrequests WHERE id = $1", request.BuildRequestId).ConfigureAwait(false);
        }
    }

    private static async ValueTask RemoveBuildsets(UpdateContext context, Removal removal)
    {
        foreach (Buildset buildset in removal.Buildsets)
        {
            context.Cache.SetRemoved(new RowKey(ResourceTables.Buildsets.Name, buildset.BuildsetId));
            await context.Session.Execute("DELETE FROM buildset_sourcestamps WHERE buildset_id = $1", buildset.BuildsetId).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM buildset_properties WHERE buildset_id = $1", buildset.BuildsetId).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM buildsets WHERE id = $1", buildset.BuildsetId).ConfigureAwait(false);
        }
    }

    private static async ValueTask RemoveSourceStamps(UpdateContext context, Removal removal)
    {
        foreach (SourceStamp stamp in removal.SourceStamps)
        {
            context.Cache.SetRemoved(new RowKey(ResourceTables.SourceStamps.Name, stamp.SourceStampId));
            await context.Session.Execute("DELETE FROM sourcestamps WHERE id = $1", stamp.SourceStampId).ConfigureAwait(false);
            if (stamp.Patch is { } patch)
                await context.Session.Execute("DELETE FROM patches WHERE id = $1", patch.PatchId).ConfigureAwait(false);
        }
    }
}
