using BuildData.Resources;
using BuildData.Resources.Builders;
using BuildData.Resources.Masters;
using BuildData.Resources.Workers;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Replaces the list of a master by the builders with the given names. If a builder does not exist, adds the builder. Announces the
    /// event <c>started</c> for each builder that joins the list, and <c>stopped</c> for each builder that leaves the list.
    /// </summary>
    /// <remarks>
    /// A builder that leaves the list is not changed in any other way. But no worker is configured for this builder on this master any
    /// more.
    /// </remarks>
    /// <param name="builderNames">The names of the builders. Duplicates are ignored.</param>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such master.</exception>
    public Task UpdateBuilderList(IReadOnlyCollection<string> builderNames, long? masterId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(builderNames);
        string[] names = [.. builderNames.Distinct(StringComparer.Ordinal)];
        foreach (string name in names)
            ArgumentChecks.NotEmpty(name, nameof(builderNames));

        return Write(
            static async (context, args) =>
            {
                MasterInfo master = await MasterTable.GetForUpdate(context, args.masterId).ConfigureAwait(false);
                await BuilderList.Set(context, master.MasterId, args.names).ConfigureAwait(false);
                return default(NoResult);
            },
            (names, masterId),
            cancellationToken,
            static (plan, _) =>
            {
                plan.AddTables(ResourceTables.Masters, ResourceTables.Builders, ResourceTables.Workers);
                plan.SetRunsAlone();
            });
    }

    /// <summary>Changes the name of a builder. Announces the event <c>update</c>. Does nothing if the builder already has this name.</summary>
    /// <remarks>
    /// The builder keeps its id and its history. Another builder can then get the old name. A watch of a path such as
    /// <c>/builders/linux/builds</c> continues to follow the builder that had the name when the watch began.
    /// </remarks>
    /// <param name="builderId">The id of the builder.</param>
    /// <param name="name">The new name: any text that is not empty.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    /// <exception cref="UpdateRefusedException">Another builder has the name.</exception>
    public Task RenameBuilder(long builderId, string name, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.NotEmpty(name, nameof(name));
        return Write(
            static async (context, args) =>
            {
                Builder builder = await BuilderTable.GetForUpdate(context, args.builderId).ConfigureAwait(false);
                if (builder.Name == args.name)
                    return default;
                if (await RowIdByNameLookup.FindId(context, ResourceTables.Builders, args.name).ConfigureAwait(false) is { } other)
                {
                    throw new UpdateRefusedException(
                        BuilderDefinition.Instance.Kind, other, $"The builder {other} has the name '{args.name}', so the builder {args.builderId} can't get it.");
                }

                await BuilderTable.Rename(context, builder, args.name).ConfigureAwait(false);
                return default(NoResult);
            },
            (builderId, name),
            cancellationToken,
            static (plan, args) => PlanUpdateBuilderInfo(plan, args.builderId));
    }

    /// <summary>
    /// Removes a builder that has no builds and no build requests. Announces the event <c>removed</c>. The builder also leaves the lists of all
    /// masters, and no worker is configured for it any more.
    /// </summary>
    /// <remarks>No other builder gets the id of the removed builder. Another builder can get the name.</remarks>
    /// <param name="builderId">The id of the builder.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    /// <exception cref="UpdateRefusedException">The builder has builds or build requests.</exception>
    public Task RemoveBuilder(long builderId, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, builderId) =>
            {
                Builder builder = await BuilderTable.GetForUpdate(context, builderId).ConfigureAwait(false);
                if (await BuilderTable.HasHistory(context, builderId).ConfigureAwait(false))
                {
                    throw new UpdateRefusedException(
                        BuilderDefinition.Instance.Kind, builderId, $"The builder {builderId} has build requests or builds, so it can't be removed.");
                }

                foreach (Worker worker in await WorkerTable.LockWorkersOfBuilder(context, builderId).ConfigureAwait(false))
                    await WorkerTable.RemoveBuilder(context, worker, builderId).ConfigureAwait(false);
                await BuilderTable.Remove(context, builder).ConfigureAwait(false);
                return default(NoResult);
            },
            builderId,
            cancellationToken,
            static (plan, builderId) =>
            {
                PlanUpdateBuilderInfo(plan, builderId);
                plan.AddTables(ResourceTables.Masters, ResourceTables.Workers, ResourceTables.BuildRequests, ResourceTables.Builds);
                plan.SetRunsAlone();
            });
}
