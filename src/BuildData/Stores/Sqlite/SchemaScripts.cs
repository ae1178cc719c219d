using System.Globalization;

namespace BuildData.Stores.Sqlite;

/// <summary>Reads the numbered schema scripts embedded in the assembly. Each migrates a database to the next schema version.</summary>
internal static class SchemaScripts
{
    private const string Prefix = "BuildData.Stores.Sqlite.Schema.";

    /// <summary>Gets the newest schema version, which is also the number of scripts.</summary>
    public static long Newest { get; } =
        typeof(SchemaScripts).Assembly.GetManifestResourceNames().LongCount(name => name.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>Returns the script that migrates a database to a version from the version before it.</summary>
    public static string Read(long version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{version:0000}.sql");
        using Stream stream = typeof(SchemaScripts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The schema script '{name}' is not embedded in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
