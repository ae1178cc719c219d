namespace BuildData.Stores;

/// <summary>One update, as a store carries it out.</summary>
public abstract class StoreUpdate : StoreRequest
{
    private protected StoreUpdate()
    {
    }

    /// <summary>
    /// Runs the update in the scope's transaction, and keeps its result or its <see cref="StoreRequest.Error"/>: it does not throw.
    /// May be called again from the start if the transaction was undone. It validates before it writes, so most failures leave
    /// nothing to undo. Awaits nothing but the scope's session.
    /// </summary>
    public abstract ValueTask Run(UpdateScope scope);

    /// <summary>Says which rows it is going to ask for.</summary>
    internal abstract void AddNeeds(UpdateNeeds needs);
}
