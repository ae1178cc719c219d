using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents an update that a store runs.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class StoreUpdate : StoreRequest
{
    private PrefetchPlan? _plan;

    private protected StoreUpdate()
    {
    }

    /// <summary>
    /// Runs the update in the transaction of <paramref name="context"/>. The method does not throw. If the update fails, it sets
    /// <see cref="StoreRequest.Error"/>.
    /// </summary>
    /// <remarks>
    /// If the transaction is rolled back, the store can run the update again from the start. An update makes all its checks before it
    /// writes. So after most failures, there is nothing to undo. An update awaits only calls of the context's session.
    /// </remarks>
    public abstract ValueTask Run(UpdateContext context);

    /// <summary>Returns a plan. The plan lists the rows that the update locks, and describes the data that the update reads.</summary>
    /// <param name="options">The options of the master. Some rows are locked only with certain options.</param>
    public PrefetchPlan PrefetchPlan(BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_plan is not null)
            return _plan;

        var plan = new PrefetchPlan(options);
        FillPlan(plan);
        return _plan = plan;
    }

    /// <summary>Fills a plan: adds the rows that the update locks, and describes the data that the update reads.</summary>
    internal abstract void FillPlan(PrefetchPlan plan);
}
