namespace BuildData.Stores;

/// <summary>One update, as a store carries it out.</summary>
public abstract class StoreUpdate : StoreRequest
{
    private PrefetchPlan? _plan;

    private protected StoreUpdate()
    {
    }

    /// <summary>
    /// Runs the update in the context's transaction, and keeps its result or its <see cref="StoreRequest.Error"/>: it does not throw.
    /// May be called again from the start if the transaction was undone. It validates before it writes, so most failures leave
    /// nothing to undo. Awaits nothing but the context's session.
    /// </summary>
    public abstract ValueTask Run(UpdateContext context);

    /// <summary>Returns which rows the update needs.</summary>
    /// <param name="options">The options of the master, on which it depends.</param>
    public PrefetchPlan PrefetchPlan(BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_plan is not null)
            return _plan;

        var plan = new PrefetchPlan(options);
        Plan(plan);
        return _plan = plan;
    }

    /// <summary>Adds the rows that the update needs.</summary>
    internal abstract void Plan(PrefetchPlan plan);
}
