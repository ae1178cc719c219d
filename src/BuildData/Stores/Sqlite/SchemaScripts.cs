using System.Globalization;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Reads the numbered SQL scripts that are embedded in the assembly. Each script migrates a database from one schema version to the
/// next.
/// </summary>
internal static class SchemaScripts
{
    private const string Prefix = "BuildData.Stores.Sqlite.Schema.";

    /// <summary>Gets the newest schema version. It equals the number of scripts.</summary>
    public static long NewestVersion { get; } =
        typeof(SchemaScripts).Assembly.GetManifestResourceNames().LongCount(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>Returns the text of a script.</summary>
    /// <param name="version">The schema version to which the script migrates. The script starts from the version before.</param>
    public static string Read(long version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{version:0000}.sql");
        using Stream stream = typeof(SchemaScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The schema script '{name}' is not embedded in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
