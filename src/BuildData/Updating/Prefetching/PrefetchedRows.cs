namespace BuildData.Updating.Prefetching;

/// <summary>Contains the types of rows that the statements of a prefetch return, as Dapper maps them.</summary>
internal static class PrefetchedRows
{
    /// <summary>Represents the number of a builder's latest build.</summary>
    internal sealed class Latest
    {
        public long BuilderId { get; init; }

        public long Number { get; init; }
    }

    /// <summary>Represents a row with a name.</summary>
    internal sealed class Named
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }

    /// <summary>Represents a buildset with a unique key.</summary>
    internal sealed class Keyed
    {
        public long Id { get; init; }

        public string UniqueKey { get; init; } = "";
    }

    /// <summary>Represents a waiting build request with a collapse key.</summary>
    internal sealed class Waiting
    {
        public long BuildRequestId { get; init; }

        public long BuildsetId { get; init; }

        public long BuilderId { get; init; }

        public string CollapseKey { get; init; } = "";
    }

    /// <summary>Represents the number of a buildset's requests that have the same result; null for those without one.</summary>
    internal sealed class Ended
    {
        public long BuildsetId { get; init; }

        public long? Results { get; init; }

        public long Count { get; init; }
    }
}
