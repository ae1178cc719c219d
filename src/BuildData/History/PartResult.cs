namespace BuildData.History;

/// <summary>Contains what a part of a removal has done.</summary>
/// <param name="HasLease">Whether this master may remove history. If false, the part has removed nothing.</param>
/// <param name="Removal">What was removed.</param>
/// <param name="Work">The time that the statements took.</param>
internal sealed record PartResult(bool HasLease, Removal Removal, TimeSpan Work)
{
    public static readonly PartResult Refused = new(false, new Removal(), TimeSpan.Zero);
}
