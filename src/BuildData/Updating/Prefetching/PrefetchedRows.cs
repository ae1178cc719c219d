namespace BuildData.Updating.Prefetching;

/// <summary>Rows that statements of a prefetch return, as Dapper maps them.</summary>
internal static class PrefetchedRows
{
    /// <summary>The number of a builder's latest build.</summary>
    internal sealed class Latest
    {
        public long BuilderId { get; init; }

        public long Number { get; init; }
    }

    /// <summary>A row that has a name.</summary>
    internal sealed class Named
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }

    /// <summary>A buildset that has a unique key.</summary>
    internal sealed class Keyed
    {
        public long Id { get; init; }

        public string UniqueKey { get; init; } = "";
    }

    /// <summary>A build request that waits with a collapse key.</summary>
    internal sealed class Waiting
    {
        public long BuildRequestId { get; init; }

        public long BuildsetId { get; init; }

        public long BuilderId { get; init; }

        public string CollapseKey { get; init; } = "";
    }

    /// <summary>The requests of a buildset that have ended in the same way.</summary>
    internal sealed class Ended
    {
        public long BuildsetId { get; init; }

        public long? Results { get; init; }

        public long Count { get; init; }
    }
}
