using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace BuildData.Stores;

/// <summary>
/// Reads the SQL scripts that migrate a database from one schema version to the next. The scripts are embedded in assemblies. The script of
/// a version has two parts: this library's script for all stores, and a script for one store. One of the two may be missing. Thread-safe.
/// </summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class SchemaScripts
{
    private const string SharedPrefix = "BuildData.Sql.Schema.";

    private readonly SqlDialect _dialect;
    private readonly (Assembly Assembly, string Prefix)[] _sources;

    /// <summary>Initializes the scripts of a store.</summary>
    /// <param name="dialect">The store's dialect. It provides the types of the columns in the library's scripts.</param>
    /// <param name="assembly">The assembly that contains the store's scripts as embedded resources.</param>
    /// <param name="prefix">
    /// The beginning of the names of these resources. A name continues with the version in four digits and <c>.sql</c>, as in
    /// <c>MyStore.Schema.0001.sql</c>.
    /// </param>
    public SchemaScripts(SqlDialect dialect, Assembly assembly, string prefix)
        : this(dialect, (typeof(SchemaScripts).Assembly, SharedPrefix), (assembly, prefix))
    {
    }

    internal SchemaScripts(SqlDialect dialect, params (Assembly Assembly, string Prefix)[] sources)
    {
        _dialect = dialect;
        _sources = sources;
        NewestVersion = sources.SelectMany(VersionsOf).Max();
    }

    /// <summary>Gets the newest schema version that has a script.</summary>
    public long NewestVersion { get; }

    /// <summary>Returns the text of a version's script.</summary>
    /// <param name="version">The schema version to which the script migrates; at least 1. The script migrates from the previous version.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no script for the version.</exception>
    public string Read(long version)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{version:0000}.sql");
        string[] texts = [.. _sources.Select(source => ReadResource(source.Assembly, source.Prefix + name)).OfType<string>()];
        if (texts.Length == 0)
            throw new ArgumentOutOfRangeException(nameof(version), version, "There is no script for this schema version.");
        return string.Join('\n', texts)
            .Replace("{id}", _dialect.IdType, StringComparison.Ordinal)
            .Replace("{id_used_once}", _dialect.IdUsedOnceType, StringComparison.Ordinal)
            .Replace("{integer}", _dialect.IntegerType, StringComparison.Ordinal)
            .Replace("{bytes}", _dialect.BytesType, StringComparison.Ordinal)
            .Replace("{text}", _dialect.TextType, StringComparison.Ordinal)
            .Replace("{key_ordered}", _dialect.KeyOrderedTable, StringComparison.Ordinal);
    }

    private static IEnumerable<long> VersionsOf((Assembly Assembly, string Prefix) source) =>
        from name in source.Assembly.GetManifestResourceNames()
        where name.StartsWith(source.Prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal)
        select long.Parse(name[source.Prefix.Length..^".sql".Length], CultureInfo.InvariantCulture);

    private static string? ReadResource(Assembly assembly, string name)
    {
        using Stream? stream = assembly.GetManifestResourceStream(name);
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
