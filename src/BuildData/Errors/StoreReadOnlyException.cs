namespace BuildData;

/// <summary>The exception for an update, a subscription or a watch of a store that is open read-only.</summary>
public sealed class StoreReadOnlyException : StoreException
{
    internal StoreReadOnlyException(string store)
        : base($"'{store}' is open read-only, so it accepts no updates and announces no events. Open it without Mode=ReadOnly.")
    {
    }
}
