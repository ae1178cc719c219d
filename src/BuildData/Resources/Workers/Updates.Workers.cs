using BuildData.Resources.Workers;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>The id of a worker, which is made if there is none of that name. Callers that race get the same.</summary>
    /// <param name="name">The worker's name, an <see cref="Identifier"/>.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ArgumentException">The name is no identifier; the message says one that is.</exception>
    public Task<long> FindWorkerId(string name, CancellationToken cancellationToken = default)
    {
        Identifier.Check(name, nameof(name));
        return Write(
            static (context, name) => NameTable.GetOrAdd(
                context, "workers", "INSERT INTO workers (id, name) VALUES ($1, $2)", name,
                static (context, id, name) => context.Announce(WorkerDefinition.Instance, "new", new Worker { WorkerId = id, Name = name }, id)),
            name,
            cancellationToken,
            static (plan, name) => plan.Name("workers", name));
    }
}
