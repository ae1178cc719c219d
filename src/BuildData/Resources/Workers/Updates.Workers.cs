using BuildData.Resources;
using BuildData.Resources.Workers;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Returns the id of the worker with the given name. If there is no such worker, adds the worker and announces the event <c>new</c>.</summary>
    /// <remarks>Concurrent calls with the same name return the same id.</remarks>
    /// <param name="name">The worker's name, an <see cref="Identifier"/>.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The worker's id.</returns>
    /// <exception cref="ArgumentException">The name is not an identifier. The message suggests a valid one.</exception>
    public Task<long> FindWorkerId(string name, CancellationToken cancellationToken = default)
    {
        Identifier.Check(name, nameof(name));
        return Write(
            static (context, name) => RowIdByNameLookup.GetOrAddId(
                context, "workers", "INSERT INTO workers (id, name) VALUES ($1, $2)", name,
                static (context, id, name) => context.Announce(WorkerDefinition.Instance, "new", new Worker { WorkerId = id, Name = name }, id)),
            name,
            cancellationToken,
            static (plan, name) => plan.AddNameToLookUp(ResourceTables.Workers, name));
    }

    /// <inheritdoc cref="FindWorkerId"/>
    /// <remarks>The same as <see cref="FindWorkerId"/>, which has the name of Buildbot's method.</remarks>
    public Task<long> EnsureWorker(string name, CancellationToken cancellationToken = default) => FindWorkerId(name, cancellationToken);
}
