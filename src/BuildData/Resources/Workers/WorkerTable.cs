using BuildData.Stores;

namespace BuildData.Resources.Workers;

/// <summary>Reads and writes workers within an update.</summary>
internal static class WorkerTable
{
    /// <summary>
    /// The name of the event that announces a change of <see cref="Worker.ConfiguredOn"/>. The event is not public: only watches receive
    /// it.
    /// </summary>
    public const string ConfiguredEventName = "configured";

    /// <summary>Returns a worker, and locks the worker's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such worker.</exception>
    public static ValueTask<Worker> GetForUpdate(UpdateContext context, long workerId)
    {
        return Cache(context).Workers.TryGet(workerId, out Worker? worker) ? new ValueTask<Worker>(worker) : Read(context, workerId);

        // The statement that locks a row may return lists from before it waited for the lock. So another statement reads the lists.
        static async ValueTask<Worker> Read(UpdateContext context, long workerId)
        {
            await Lock(context, workerId).ConfigureAwait(false);
            return await context.Get(new WorkerByRef(workerId), workerId).ConfigureAwait(false);
        }
    }

    /// <summary>Locks a worker's row, and checks that the row exists.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such worker.</exception>
    public static async ValueTask Lock(UpdateContext context, long workerId)
    {
        var row = new RowKey(ResourceTables.Workers.Name, workerId);
        await context.Lock(new WorkerByRef(workerId), row).ConfigureAwait(false);
        await context.EnsureExists(new WorkerByRef(workerId), row).ConfigureAwait(false);
    }

    /// <summary>Inserts a worker, and announces the event <c>new</c>.</summary>
    public static async ValueTask<long> Insert(UpdateContext context, Worker worker)
    {
        long id = await context.Session.Insert("workers", "INSERT INTO workers (id, name, title) VALUES ($1, $2, $3)", worker.Name, worker.Title).ConfigureAwait(false);
        context.Cache.SetKnownToExist(new RowKey(ResourceTables.Workers.Name, id));
        CacheAndAnnounce(context, worker with { WorkerId = id }, "new");
        return id;
    }

    /// <summary>Writes that a worker has connected to a master.</summary>
    public static async ValueTask Connect(UpdateContext context, Worker worker, long masterId, WorkerInfo info)
    {
        if (worker.ConnectedTo.All(master => master.MasterId != masterId))
        {
            await context.Session.Execute("INSERT INTO worker_connections (worker_id, master_id) VALUES ($1, $2)", worker.WorkerId, masterId).ConfigureAwait(false);
            worker = worker with { ConnectedTo = WorkerPlaces.Connected([.. worker.ConnectedTo, new ConnectedMaster(masterId)]) };
        }

        worker = worker with { WorkerInfo = info, Version = info.Version, LastSeen = context.Now };
        await context.Session.Execute(
            "UPDATE workers SET worker_info = $2, version = $3, last_seen = $4 WHERE id = $1",
            worker.WorkerId, info.ToString(), worker.Version, worker.LastSeen).ConfigureAwait(false);
        CacheAndAnnounce(context, worker, "connected");
    }

    /// <summary>Writes that a worker is no longer connected to a master.</summary>
    public static async ValueTask Disconnect(UpdateContext context, Worker worker, long masterId)
    {
        await context.Session.Execute("DELETE FROM worker_connections WHERE worker_id = $1 AND master_id = $2", worker.WorkerId, masterId).ConfigureAwait(false);
        CacheAndAnnounce(context, worker with { ConnectedTo = WorkerPlaces.Connected(worker.ConnectedTo.Where(master => master.MasterId != masterId)) }, "disconnected");
    }

    /// <summary>
    /// Replaces the builders for which a worker is configured on a master. Does nothing if the worker is already configured for exactly
    /// these builders.
    /// </summary>
    /// <returns>The worker after the change.</returns>
    public static async ValueTask<Worker> Configure(UpdateContext context, Worker worker, long masterId, IReadOnlyCollection<long> builderIds)
    {
        long[] before = [.. worker.ConfiguredOn.Where(place => place.MasterId == masterId).Select(place => place.BuilderId)];
        long[] removed = [.. before.Except(builderIds)];
        long[] added = [.. builderIds.Except(before).Order()];
        if (removed.Length + added.Length == 0)
            return worker;

        foreach (long builder in removed)
        {
            await context.Session.Execute(
                "DELETE FROM configured_workers WHERE worker_id = $1 AND builder_id = $2 AND master_id = $3", worker.WorkerId, builder, masterId).ConfigureAwait(false);
        }

        foreach (long builder in added)
        {
            await context.Session.Execute(
                "INSERT INTO configured_workers (worker_id, builder_id, master_id) VALUES ($1, $2, $3)", worker.WorkerId, builder, masterId).ConfigureAwait(false);
        }

        worker = worker with
        {
            ConfiguredOn = WorkerPlaces.Configured(
                [.. worker.ConfiguredOn.Where(place => place.MasterId != masterId), .. builderIds.Select(builder => new ConfiguredBuilder(builder, masterId))]),
        };
        CacheAndAnnounce(context, worker, ConfiguredEventName);
        return worker;
    }

    /// <summary>Writes whether a worker is paused, and whether the worker shuts down gracefully. Announces the event <c>state_updated</c>.</summary>
    public static async ValueTask SetState(UpdateContext context, Worker worker)
    {
        await context.Session.Execute(
            "UPDATE workers SET paused = $2, pause_reason = $3, graceful = $4 WHERE id = $1",
            worker.WorkerId, worker.Paused, worker.PauseReason, worker.Graceful).ConfigureAwait(false);
        context.Cache.GetPart<WorkerAvailabilityCache>().Refusals.Remove(worker.WorkerId);
        CacheAndAnnounce(context, worker, "state_updated");
    }

    /// <summary>Records that a worker is alive. Announces nothing. The worker's row must be locked.</summary>
    public static async ValueTask RecordHeartbeat(UpdateContext context, long workerId)
    {
        await context.Session.Execute("UPDATE workers SET last_seen = $2 WHERE id = $1", workerId, context.Now).ConfigureAwait(false);
        if (Cache(context).Workers.TryGet(workerId, out Worker? cached))
            Cache(context).Workers[workerId] = cached with { LastSeen = context.Now };
    }

    /// <summary>Removes a builder from the list of builders for which a worker is configured, on all masters.</summary>
    public static async ValueTask RemoveBuilder(UpdateContext context, Worker worker, long builderId)
    {
        await context.Session.Execute("DELETE FROM configured_workers WHERE worker_id = $1 AND builder_id = $2", worker.WorkerId, builderId).ConfigureAwait(false);
        CacheAndAnnounce(context, worker with { ConfiguredOn = WorkerPlaces.Configured(worker.ConfiguredOn.Where(place => place.BuilderId != builderId)) }, ConfiguredEventName);
    }

    /// <summary>Locks and returns the workers that are connected to a master or configured on it.</summary>
    public static ValueTask<List<Worker>> LockWorkersOfMaster(UpdateContext context, long masterId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append(
            $"""
            SELECT worker.id FROM workers AS worker WHERE worker.id IN (
                SELECT worker_id FROM configured_workers WHERE master_id = {masterId} UNION SELECT worker_id FROM worker_connections WHERE master_id = {masterId})
            ORDER BY worker.id
            """);
        return LockAndRead(context, sql);
    }

    /// <summary>Locks and returns the workers that are configured for a builder.</summary>
    public static ValueTask<List<Worker>> LockWorkersOfBuilder(UpdateContext context, long builderId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT worker.id FROM workers AS worker WHERE worker.id IN (SELECT worker_id FROM configured_workers WHERE builder_id = {builderId}) ORDER BY worker.id");
        return LockAndRead(context, sql);
    }

    private static async ValueTask<List<Worker>> LockAndRead(UpdateContext context, SqlBuilder select)
    {
        select.Append(context.Session.Dialect.LockRows("worker"));
        var workers = new List<Worker>();
        foreach (long id in await context.Session.Rows<long>(select, CancellationToken.None).ConfigureAwait(false))
        {
            context.Cache.SetLocked(new RowKey(ResourceTables.Workers.Name, id));
            workers.Add(await GetForUpdate(context, id).ConfigureAwait(false));
        }

        return workers;
    }

    private static void CacheAndAnnounce(UpdateContext context, Worker worker, string eventName)
    {
        Cache(context).Workers[worker.WorkerId] = worker;
        context.Announce(WorkerDefinition.Instance, eventName, worker, worker.WorkerId);
    }

    private static WorkerCache Cache(UpdateContext context) => context.Cache.GetPart<WorkerCache>();
}
