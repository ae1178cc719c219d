namespace BuildData.Torture.PowerCut.Checking;

/// <summary>A row of the table of events.</summary>
internal readonly record struct EventRow(long Sequence, long At, string Kind, string Name, long ResourceId, string Resource, string? Properties);
