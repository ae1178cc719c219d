namespace BuildData.History;

/// <summary>Contains the result of one part of a removal. A part is one update that removes some candidates.</summary>
/// <param name="HasLease">
/// Whether this master holds the lease, which allows one master at a time to remove history. If false, the part has removed nothing.
/// </param>
/// <param name="Removal">What was removed.</param>
/// <param name="Work">The time that the statements of the part took.</param>
internal sealed record PartResult(bool HasLease, Removal Removal, TimeSpan Work)
{
    public static readonly PartResult Refused = new(false, new Removal(), TimeSpan.Zero);
}
