namespace BuildData;

/// <summary>An update, or a subscription to events, was asked of a store that is open read-only.</summary>
public sealed class StoreReadOnlyException : StoreException
{
    internal StoreReadOnlyException(string store)
        : base($"'{store}' is open read-only: it can be queried, but takes no updates and announces no events.")
    {
    }
}
