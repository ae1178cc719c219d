namespace BuildData.Torture.Followers;

/// <summary>What a store holds when nobody writes any more.</summary>
/// <param name="Events">All public events that were ever committed, in their order, also those that are not kept any more.</param>
/// <param name="MarkerId">The id of the buildset that was added last.</param>
internal sealed record QuietState(IReadOnlyList<RecordedEvent> Events, long MarkerId)
{
    /// <summary>What the reason of each buildset contains that is added last.</summary>
    public const string Marker = "last-of-sitting";

    /// <summary>The path of these buildsets, for those who can only notice what they watch.</summary>
    public const string MarkerPath = $"/buildsets?reason__contains={Marker}&complete=true";
}
