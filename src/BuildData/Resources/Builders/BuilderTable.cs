using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Resources.Builders;

/// <summary>Reads and writes builders within an update.</summary>
internal static class BuilderTable
{
    // SQLite would use the highest id again after the removal of its row. With other stores, $1 is never null.
    private const string InsertText =
        """
        INSERT INTO builders (id, name) VALUES (coalesce($1, (
            SELECT max(used.id) + 1 FROM (SELECT max(id) AS id FROM builders UNION ALL SELECT highest_id AS id FROM removed_builders) AS used)), $2)
        """;

    /// <summary>Returns a builder with its tags and master ids, and locks the builder's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    public static async ValueTask<Builder> GetForUpdate(UpdateContext context, long builderId) =>
        await TryGetForUpdate(context, builderId).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(BuilderDefinition.Instance.Kind, builderId);

    /// <summary>Returns a builder with its tags and master ids, and locks the builder's row. Returns null if there is no such builder.</summary>
    public static ValueTask<Builder?> TryGetForUpdate(UpdateContext context, long builderId)
    {
        return Cache(context).Builders.TryGet(builderId, out Builder? builder) ? new ValueTask<Builder?>(builder) : Read(context, builderId);

        // The statement that locks a row may return lists from before it waited for the lock. So another statement reads the lists.
        static async ValueTask<Builder?> Read(UpdateContext context, long builderId)
        {
            var query = new BuilderByRef(builderId);
            var row = new RowKey(ResourceTables.Builders.Name, builderId);
            if (context.Session.Dialect.HasSeveralWriters && !context.Cache.IsLocked(row)
                && await query.Read(context.Session, ValidatedSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false) is null)
            {
                return null;
            }

            context.Cache.SetLocked(row);
            return await query.Read(context.Session, ValidatedSpec.None, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Locks a builder's row until the transaction ends. Until then, no other transaction can add a build to the builder. No other
    /// transaction can add a build request with a <see cref="BuildRequests.CollapseKey"/> either.
    /// </summary>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    public static ValueTask Lock(UpdateContext context, long builderId) =>
        context.Lock(new BuilderByRef(builderId), new RowKey(ResourceTables.Builders.Name, builderId));

    /// <summary>
    /// Returns the id of the builder with the given name. If there is no such builder, adds the builder and announces the event <c>new</c>.
    /// </summary>
    public static ValueTask<long> GetOrAddId(UpdateContext context, string name) =>
        RowIdByNameLookup.GetOrAddId(context, ResourceTables.Builders, name, name, static (context, name) => Insert(context, name));

    /// <summary>Reads the ids of the builders in a master's list. The list can't change while the master's row is locked.</summary>
    public static ValueTask<List<long>> ReadIdsOfMaster(UpdateContext context, long masterId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT builder_id FROM builder_masters WHERE master_id = {masterId} ORDER BY builder_id");
        return context.Session.Rows<long>(sql, CancellationToken.None);
    }

    /// <summary>
    /// Adds a builder to the list of a master and announces the event <c>started</c>. Or removes the builder from the list and announces
    /// the event <c>stopped</c>.
    /// </summary>
    public static async ValueTask SetOnMaster(UpdateContext context, Builder builder, long masterId, bool isOn)
    {
        if (isOn)
            await context.Session.Execute("INSERT INTO builder_masters (builder_id, master_id) VALUES ($1, $2)", builder.BuilderId, masterId).ConfigureAwait(false);
        else
            await context.Session.Execute("DELETE FROM builder_masters WHERE builder_id = $1 AND master_id = $2", builder.BuilderId, masterId).ConfigureAwait(false);

        IEnumerable<long> masters = isOn ? builder.MasterIds.Append(masterId) : builder.MasterIds.Where(id => id != masterId);
        string eventName = isOn ? "started" : "stopped";
        CacheAndAnnounce(context, builder with { MasterIds = MasterIdsField.ToList(masters) }, eventName);
        context.Announce(
            BuilderOnMasterDefinition.Instance, eventName,
            new BuilderOnMaster { BuilderId = builder.BuilderId, MasterId = masterId, Name = builder.Name }, builder.BuilderId);
    }

    /// <summary>Changes the name of a builder, and announces the event <c>update</c>.</summary>
    public static async ValueTask Rename(UpdateContext context, Builder builder, string name)
    {
        await context.Session.Execute("UPDATE builders SET name = $2 WHERE id = $1", builder.BuilderId, name).ConfigureAwait(false);
        RowIdByNameCache names = context.Cache.GetPart<RowIdByNameCache>();
        names.Forget(ResourceTables.Builders, builder.Name);
        names.Forget(ResourceTables.Builders, name);
        await BuildNames.Forget(context, builder.BuilderId).ConfigureAwait(false);
        CacheAndAnnounce(context, builder with { Name = name }, "update");
    }

    /// <summary>Returns whether a builder has builds or build requests.</summary>
    public static async ValueTask<bool> HasHistory(UpdateContext context, long builderId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append(
            $"""
            SELECT id FROM builders WHERE id = {builderId}
                AND (EXISTS (SELECT 1 FROM buildrequests WHERE builder_id = {builderId}) OR EXISTS (SELECT 1 FROM builds WHERE builder_id = {builderId}))
            """);
        List<long> found = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return found.Count > 0;
    }

    /// <summary>Removes a builder that has no history and no configured workers, and announces the event <c>removed</c>.</summary>
    public static async ValueTask Remove(UpdateContext context, Builder builder)
    {
        await context.Session.Execute("DELETE FROM builder_masters WHERE builder_id = $1", builder.BuilderId).ConfigureAwait(false);
        await context.Session.Execute("DELETE FROM builder_tags WHERE builder_id = $1", builder.BuilderId).ConfigureAwait(false);
        await context.Session.Execute("DELETE FROM builders WHERE id = $1", builder.BuilderId).ConfigureAwait(false);
        await context.Session.Execute("UPDATE removed_builders SET highest_id = $1 WHERE highest_id < $1", builder.BuilderId).ConfigureAwait(false);
        context.Cache.GetPart<RowIdByNameCache>().Forget(ResourceTables.Builders, builder.Name);
        context.Cache.SetRemoved(new RowKey(ResourceTables.Builders.Name, builder.BuilderId));
        Cache(context).Builders.Remove(builder.BuilderId);
        context.Announce(BuilderDefinition.Instance, ResourceDefinition.RemovedEventName, builder with { MasterIds = [] }, builder.BuilderId);
    }

    /// <summary>Caches a builder that the update has written, and announces an event with the given name.</summary>
    public static void CacheAndAnnounce(UpdateContext context, Builder builder, string eventName)
    {
        Cache(context).Builders[builder.BuilderId] = builder;
        context.Announce(BuilderDefinition.Instance, eventName, builder, builder.BuilderId);
    }

    private static async ValueTask<long> Insert(UpdateContext context, string name)
    {
        long id = await context.Session.Insert("builders", InsertText, name).ConfigureAwait(false);
        context.Announce(BuilderDefinition.Instance, "new", new Builder { BuilderId = id, Name = name }, id);
        return id;
    }

    private static BuilderCache Cache(UpdateContext context) => context.Cache.GetPart<BuilderCache>();
}
