namespace BuildData.Torture.Upgrade.Examination;

/// <summary>What a path must return.</summary>
/// <param name="Path">The path, with a query string if the answer needs one.</param>
/// <param name="Value">The resource, or an array of resources in their order; null if there must be none.</param>
internal sealed record ExpectedAnswer(string Path, object? Value);
