namespace BuildData.Tests;

/// <summary>Finds the checkout that the tests run in.</summary>
internal static class Repository
{
    // In a reproducible build the compiler replaces the paths of source files, so the search begins where the tests run.
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "BuildData.sln"))
            ? folder.FullName
            : Find(folder.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout."));
}
