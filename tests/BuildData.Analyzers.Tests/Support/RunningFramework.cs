using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers.Tests;

/// <summary>Provides the assemblies that the tests' source files reference: the library, and the framework that runs the tests.</summary>
internal static class RunningFramework
{
    /// <summary>Gets the references.</summary>
    public static IReadOnlyList<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(IsReferenced)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    private static bool IsReferenced(string file) =>
        Path.GetDirectoryName(file) == Path.GetDirectoryName(typeof(object).Assembly.Location)
        || Path.GetFileName(file) == "BuildData.dll"
        || Path.GetFileName(file).StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);
}
