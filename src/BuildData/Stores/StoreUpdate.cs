namespace BuildData.Stores;

/// <summary>One update, as a store carries it out.</summary>
public abstract class StoreUpdate : StoreRequest
{
    private UpdateNeeds? _needs;

    private protected StoreUpdate()
    {
    }

    /// <summary>
    /// Runs the update in the scope's transaction, and keeps its result or its <see cref="StoreRequest.Error"/>: it does not throw.
    /// May be called again from the start if the transaction was undone. It validates before it writes, so most failures leave
    /// nothing to undo. Awaits nothing but the scope's session.
    /// </summary>
    public abstract ValueTask Run(UpdateScope scope);

    /// <summary>Gets what the update needs.</summary>
    /// <param name="options">The options of the master, on which it depends.</param>
    public UpdateNeeds Needs(BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_needs is not null)
            return _needs;

        var needs = new UpdateNeeds();
        AddNeeds(needs);
        if (needs.NewBuildset is { } buildset && CollapseKey.MayHaveOne(options.CollapseBuildRequests, buildset.WaitedFor))
            needs.LockBuilders();
        return _needs = needs;
    }

    /// <summary>Adds what the update needs.</summary>
    internal abstract void AddNeeds(UpdateNeeds needs);
}
