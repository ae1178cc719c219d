namespace BuildData.History;

/// <summary>Represents a build, build request or buildset that may be old.</summary>
internal sealed class OldRow
{
    public long Id { get; init; }

    /// <summary>
    /// Gets the time that orders the rows, in microseconds since 1970: when a build was completed, or when a request or buildset was
    /// submitted.
    /// </summary>
    public long At { get; init; }

    /// <summary>Gets the builder of a build.</summary>
    public long BuilderId { get; init; }

    /// <summary>Gets the number of a build.</summary>
    public long Number { get; init; }

    /// <summary>Gets how many steps a build has.</summary>
    public long Steps { get; init; }
}
