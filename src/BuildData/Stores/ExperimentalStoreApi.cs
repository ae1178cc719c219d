namespace BuildData.Stores;

/// <summary>Marks the experimental public types: those that a store implements or uses.</summary>
internal static class ExperimentalStoreApi
{
    /// <summary>
    /// Identifies the diagnostic that the compiler reports where a program uses <see cref="IStore"/> or a type that belongs to it. These
    /// types may change in every release before version 1.0.
    /// </summary>
    public const string DiagnosticId = "BUILDDATA001";
}
