namespace BuildData.Stores;

/// <summary>Marks the public types that a store implements or uses. These types are experimental.</summary>
internal static class ExperimentalStoreApi
{
    /// <summary>
    /// Identifies the diagnostic that the compiler reports where a program uses <see cref="IStore"/> or a type that belongs to it. These
    /// types may change in every release before version 1.0.
    /// </summary>
    public const string DiagnosticId = "BUILDDATA001";
}
