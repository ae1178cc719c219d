namespace BuildData.Updating.Caching;

/// <summary>Represents a row in the shared cache.</summary>
/// <param name="Row">The row, as this process last read or wrote it.</param>
/// <param name="Version">
/// The version of the row in the database at that time. The version is a number that changes with every write of the row.
/// </param>
internal readonly record struct SharedRow<T>(T Row, long Version);
