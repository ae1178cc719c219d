using System.Globalization;

namespace BuildData.Stores.Sqlite;

/// <summary>The numbered scripts, embedded in the assembly, that bring a database from one schema version to the next.</summary>
internal static class SchemaScripts
{
    private const string Prefix = "BuildData.Stores.Sqlite.Schema.";

    /// <summary>The version that all scripts together lead to.</summary>
    public static long Newest { get; } =
        typeof(SchemaScripts).Assembly.GetManifestResourceNames().LongCount(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>The script that leads to a version.</summary>
    public static string Read(long version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{version:0000}.sql");
        using Stream stream = typeof(SchemaScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The schema script '{name}' is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
