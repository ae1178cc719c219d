using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Resources.Workers;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Returns the id of the worker with the given name. If there is no such worker, adds the worker and announces the event <c>new</c>.</summary>
    /// <remarks>Concurrent calls with the same name return the same id.</remarks>
    /// <param name="name">The worker's name, an <see cref="Identifier"/> without dots.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The worker's id.</returns>
    /// <exception cref="ArgumentException">The name is not an identifier, or has a dot. The message suggests a valid one.</exception>
    public Task<long> FindWorkerId(string name, CancellationToken cancellationToken = default)
    {
        WorkerNames.Check(name, nameof(name));
        return FindOrAddWorker(new Worker { Name = name }, nameof(FindWorkerId), cancellationToken);
    }

    /// <inheritdoc cref="FindWorkerId"/>
    /// <remarks>The same as <see cref="FindWorkerId"/>, which has the name of Buildbot's method.</remarks>
    public Task<long> EnsureWorker(string name, CancellationToken cancellationToken = default) => FindWorkerId(name, cancellationToken);

    /// <summary>
    /// Returns the id of the worker with the given title. If there is no such worker, adds the worker and announces the event <c>new</c>.
    /// </summary>
    /// <remarks>
    /// <para>If the title is a valid name of a worker, the name equals the title. Otherwise the name is similar to the title, and ends with
    /// a part of the title's hash. Therefore different titles never become one worker.</para>
    /// <para>If <see cref="EnsureWorker"/> has already added a worker with this name, this call does not add a title to that worker.</para>
    /// </remarks>
    /// <param name="title">Any text that is not empty, such as the name of a pod.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The worker's id.</returns>
    public Task<long> EnsureWorkerFromTitle(string title, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.NotEmpty(title, nameof(title));
        return FindOrAddWorker(new Worker { Name = WorkerNames.FromTitle(title), Title = title }, nameof(EnsureWorkerFromTitle), cancellationToken);
    }

    /// <summary>
    /// Replaces the builders for which a worker is configured on a master. Does not change the builders for which the worker is configured
    /// on other masters. Announces no public event. A watch of workers receives the change.
    /// </summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="builderIds">The ids of the builders. If the collection is empty, the worker is no longer configured on the master.</param>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">The worker, the master or a builder does not exist.</exception>
    public Task WorkerConfigured(
        long workerId, IReadOnlyCollection<long> builderIds, long? masterId = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                long masterId = await MasterTable.EnsureExists(context, args.masterId).ConfigureAwait(false);
                foreach (long builder in args.builders)
                    await context.EnsureExists(new BuilderByRef(builder), new RowKey(ResourceTables.Builders.Name, builder)).ConfigureAwait(false);
                Worker worker = await WorkerTable.GetForUpdate(context, args.workerId).ConfigureAwait(false);
                await WorkerTable.Configure(context, worker, masterId, args.builders).ConfigureAwait(false);
                return default(NoResult);
            },
            (workerId, builders: ArgumentChecks.DistinctIds(builderIds, nameof(builderIds)), masterId),
            cancellationToken,
            static (plan, args) =>
            {
                PlanWorker(plan, args.workerId, args.masterId);
                foreach (long builder in args.builders)
                    plan.AddReference(ResourceTables.Builders, builder);
                plan.AddTables(ResourceTables.Builders);
            });

    /// <summary>
    /// Deconfigures all workers of a master: afterwards, no worker is configured for any builder on this master. Announces no public event.
    /// </summary>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such master.</exception>
    public Task DeconfigureAllWorkersForMaster(long? masterId = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, masterId) =>
            {
                MasterInfo master = await MasterTable.GetForUpdate(context, masterId).ConfigureAwait(false);
                foreach (Worker worker in await WorkerTable.LockWorkersOfMaster(context, master.MasterId).ConfigureAwait(false))
                    await WorkerTable.Configure(context, worker, master.MasterId, []).ConfigureAwait(false);
                return default(NoResult);
            },
            masterId,
            cancellationToken,
            static (plan, _) =>
            {
                plan.AddTables(ResourceTables.Masters, ResourceTables.Builders, ResourceTables.Workers);
                plan.SetRunsAlone();
            });

    /// <summary>
    /// Records that a worker has connected to a master. Replaces <see cref="Worker.WorkerInfo"/>, and sets <see cref="Worker.LastSeen"/> to the
    /// current time. Announces the event <c>connected</c>, even if the worker was connected already.
    /// </summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="workerInfo">The information that the worker reports about itself. Null stands for an empty object.</param>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">The worker or the master does not exist.</exception>
    public Task WorkerConnected(long workerId, WorkerInfo? workerInfo = null, long? masterId = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                long masterId = await MasterTable.EnsureExists(context, args.masterId).ConfigureAwait(false);
                Worker worker = await WorkerTable.GetForUpdate(context, args.workerId).ConfigureAwait(false);
                await WorkerTable.Connect(context, worker, masterId, args.info).ConfigureAwait(false);
                return default(NoResult);
            },
            (workerId, info: workerInfo ?? WorkerInfo.Empty, masterId),
            cancellationToken,
            static (plan, args) => PlanWorker(plan, args.workerId, args.masterId));

    /// <summary>
    /// Records that a worker is no longer connected to a master. Announces the event <c>disconnected</c>, even if the worker was not connected.
    /// </summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">The worker or the master does not exist.</exception>
    public Task WorkerDisconnected(long workerId, long? masterId = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                long masterId = await MasterTable.EnsureExists(context, args.masterId).ConfigureAwait(false);
                Worker worker = await WorkerTable.GetForUpdate(context, args.workerId).ConfigureAwait(false);
                await WorkerTable.Disconnect(context, worker, masterId).ConfigureAwait(false);
                return default(NoResult);
            },
            (workerId, masterId),
            cancellationToken,
            static (plan, args) => PlanWorker(plan, args.workerId, args.masterId));

    /// <summary>
    /// Announces the event <c>missing</c> with a <see cref="MissingWorker"/>, so that a program can notify people. Does not change the
    /// worker.
    /// </summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="lastConnection">The time at which the worker was last connected, as a text for people.</param>
    /// <param name="notify">The addresses of the people to notify.</param>
    /// <param name="masterId">The id of the master that expects the worker. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">The worker or the master does not exist.</exception>
    public Task WorkerMissing(
        long workerId, string lastConnection, IReadOnlyCollection<string>? notify = null, long? masterId = null, CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(lastConnection, nameof(lastConnection));
        string[] addresses = [.. notify ?? []];
        foreach (string address in addresses)
            UnicodeText.Check(address, nameof(notify));

        return Write(
            static async (context, args) =>
            {
                await MasterTable.EnsureExists(context, args.masterId).ConfigureAwait(false);
                Worker worker = await WorkerTable.GetForUpdate(context, args.workerId).ConfigureAwait(false);
                var missing = new MissingWorker(worker) { LastConnection = args.lastConnection, Notify = args.addresses };
                context.Announce(MissingWorkerDefinition.Instance, "missing", missing, args.workerId);
                return default(NoResult);
            },
            (workerId, lastConnection, addresses: EquatableList.Copy<string>(addresses), masterId),
            cancellationToken,
            static (plan, args) => PlanWorker(plan, args.workerId, args.masterId));
    }

    /// <summary>
    /// Sets whether a worker is paused, and the reason. Announces the event <c>state_updated</c>, even if nothing changes.
    /// </summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="paused">Whether the worker is paused. A paused worker should not start builds.</param>
    /// <param name="pauseReason">The reason why the worker is paused, or is not paused any more. Null removes the stored reason.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such worker.</exception>
    public Task SetWorkerPaused(long workerId, bool paused, string? pauseReason = null, CancellationToken cancellationToken = default)
    {
        UnicodeText.CheckOptional(pauseReason, nameof(pauseReason));
        return Write(
            static async (context, args) =>
            {
                Worker worker = await WorkerTable.GetForUpdate(context, args.workerId).ConfigureAwait(false);
                await WorkerTable.SetState(context, worker with { Paused = args.paused, PauseReason = args.pauseReason }).ConfigureAwait(false);
                return default(NoResult);
            },
            (workerId, paused, pauseReason),
            cancellationToken,
            static (plan, args) => PlanWorker(plan, args.workerId));
    }

    /// <summary>
    /// Sets whether a worker shuts down gracefully. Such a worker finishes its running builds, and should not start other builds. Announces
    /// the event <c>state_updated</c>, even if nothing changes.
    /// </summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="graceful">True if the worker shuts down gracefully; false if it can start builds again.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such worker.</exception>
    public Task SetWorkerGraceful(long workerId, bool graceful, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                Worker worker = await WorkerTable.GetForUpdate(context, args.workerId).ConfigureAwait(false);
                await WorkerTable.SetState(context, worker with { Graceful = args.graceful }).ConfigureAwait(false);
                return default(NoResult);
            },
            (workerId, graceful),
            cancellationToken,
            static (plan, args) => PlanWorker(plan, args.workerId));

    /// <summary>Records that a worker is alive: sets <see cref="Worker.LastSeen"/> to the current time. Announces no event.</summary>
    /// <param name="workerId">The id of the worker.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such worker.</exception>
    public Task WorkerHeartbeat(long workerId, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, workerId) =>
            {
                await WorkerTable.Lock(context, workerId).ConfigureAwait(false);
                await WorkerTable.RecordHeartbeat(context, workerId).ConfigureAwait(false);
                return default(NoResult);
            },
            workerId,
            cancellationToken,
            static (plan, workerId) => plan.AddRowToLock(ResourceTables.Workers, workerId));

    private static void PlanWorker(PrefetchPlan plan, long workerId)
    {
        plan.AddRowToLock(ResourceTables.Workers, workerId);
        plan.AddNeed(new WorkerToPrefetch(workerId));
    }

    private static void PlanWorker(PrefetchPlan plan, long workerId, long? masterId)
    {
        PlanWorker(plan, workerId);
        if (masterId is { } id)
            plan.AddReference(ResourceTables.Masters, id);
        plan.AddTables(ResourceTables.Masters);
    }

    private Task<long> FindOrAddWorker(Worker worker, string method, CancellationToken cancellationToken) =>
        Write(
            static (context, worker) => RowIdByNameLookup.GetOrAddId(
                context, ResourceTables.Workers, worker.Name, worker, static (context, worker) => WorkerTable.Insert(context, worker)),
            worker,
            cancellationToken,
            static (plan, worker) => plan.AddNameToLookUp(ResourceTables.Workers, worker.Name),
            method);
}
