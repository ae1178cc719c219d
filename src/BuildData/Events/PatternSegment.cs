namespace BuildData.Events;

/// <summary>Represents a segment of an event pattern: a word, an id, or <c>*</c>.</summary>
/// <param name="Word">The word; null if the segment is not a word.</param>
/// <param name="Id">The id; null if the segment is not an id.</param>
internal readonly record struct PatternSegment(string? Word, long? Id)
{
    /// <summary>Gets whether the segment is <c>*</c>, which matches every segment.</summary>
    public bool IsWildcard => Word is null && Id is null;
}
