namespace BuildData.Tests;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    // A compiler's idea of where a source file is differs in a reproducible build; where the tests run from does not.
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "BuildData.sln"))
            ? folder.FullName
            : Find(folder.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout."));
}
