namespace BuildData.History;

/// <summary>Represents a build, build request or buildset that may be old.</summary>
internal sealed class OldRow
{
    public long Id { get; init; }

    /// <summary>Gets the time by which the rows are ordered, in microseconds since 1970.</summary>
    public long At { get; init; }

    /// <summary>Gets the builder of a build.</summary>
    public long BuilderId { get; init; }

    /// <summary>Gets the number of a build.</summary>
    public long Number { get; init; }

    /// <summary>Gets the number of the steps of a build.</summary>
    public long Steps { get; init; }
}
