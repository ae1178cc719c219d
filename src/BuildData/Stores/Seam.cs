namespace BuildData.Stores;

internal static class Seam
{
    /// <summary>The compiler reports this diagnostic where a program uses the seam of stores, because a release may change the seam until version 1.0.</summary>
    public const string DiagnosticId = "BUILDDATA001";
}
