namespace BuildData.Updating;

/// <summary>The result of an update that returns nothing.</summary>
internal readonly record struct NoResult;
