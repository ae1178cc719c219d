namespace BuildData.Updating.Caching;

/// <summary>Represents a row in the shared cache, with the version that it had in the database.</summary>
internal readonly record struct SharedRow<T>(T Row, long Version);
