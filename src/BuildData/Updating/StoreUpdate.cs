using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents an update that a store runs.</summary>
[Experimental(Seam.DiagnosticId)]
public abstract class StoreUpdate : StoreRequest
{
    private PrefetchPlan? _plan;

    private protected StoreUpdate()
    {
    }

    /// <summary>
    /// Runs the update in the context's transaction, and keeps its result or its <see cref="StoreRequest.Error"/>. It does not throw.
    /// </summary>
    /// <remarks>
    /// If the transaction was rolled back, the update may be run again from the start. An update validates before it writes, so most
    /// failures leave nothing to undo. It awaits only the context's session.
    /// </remarks>
    public abstract ValueTask Run(UpdateContext context);

    /// <summary>Returns the rows that the update locks and reads.</summary>
    /// <param name="options">The options of the master, on which the rows depend.</param>
    public PrefetchPlan PrefetchPlan(BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_plan is not null)
            return _plan;

        var plan = new PrefetchPlan(options);
        FillPlan(plan);
        return _plan = plan;
    }

    /// <summary>Adds the rows that the update locks and reads to a plan.</summary>
    internal abstract void FillPlan(PrefetchPlan plan);
}
