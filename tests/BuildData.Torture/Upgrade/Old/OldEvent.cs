namespace BuildData.Torture.Upgrade.Old;

/// <summary>A kept event.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Kind">The kind of the resource.</param>
/// <param name="Name">What happened.</param>
/// <param name="ResourceId">The id of the resource.</param>
/// <param name="Resource">The resource as it was.</param>
/// <param name="Json">The resource as an event has stored it.</param>
internal sealed record OldEvent(long Sequence, string Kind, string Name, long ResourceId, object Resource, string Json);
