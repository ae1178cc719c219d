using System.Text.Json;
using BuildData.Torture.Examination;
using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.OldLibraries;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>
/// Older versions of the library, built from the history of the repository, write stores. This version migrates them, and must answer as they
/// did. Then the older versions must refuse them. It runs only if it is named, because it builds a program for each version.
/// </summary>
internal sealed class OldLibrariesPart : IUpgradePart
{
    public string Name => "old-libraries";

    public bool NeedsServer => true;

    public bool MustBeNamed => true;

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        if (await OldLibrary.FindRepository() is not { } repository)
        {
            run.Print("The part old-libraries needs the history of the repository.");
            return;
        }

        using var folder = new TempFolder();
        foreach (OldLibrary library in OldLibrary.All)
        {
            string program = await library.Build(repository, folder.Path);
            run.Print($"{library.Kind} {library.Version}: built {library.Commit}, {run.Elapsed:hh\\:mm\\:ss}");
            try
            {
                await Upgrade(program, library, server);
            }
            catch (ViolationException violation)
            {
                throw new ViolationException($"{library}: {violation.Message}");
            }

            run.Count("older libraries");
        }
    }

    private static async Task Upgrade(string program, OldLibrary library, PostgreSqlServer? server)
    {
        await using OldStore store = await OldStore.Create(library.Kind, server);
        await using OldStore empty = await OldStore.Create(library.Kind, server);
        await (await empty.Open()).DisposeAsync();
        string place = store is OldSqliteStore file ? file.File : ((OldPostgreSqlStore)store).ConnectionString;
        IReadOnlyDictionary<string, string> answers = await OldLibrary.Use(program, "write", place);
        if (answers.TryGetValue("error", out string? error) || await store.ReadVersion() != library.Version)
            throw new InvalidOperationException($"{library} does not write the version {library.Version}: {error}");
        await using (Master master = await store.Open())
        {
            foreach ((string path, string before) in answers)
                Compare(path, before, (await master.Data.Get(DataPath.FromString(path))).ToJson());
            if (library.Version > 1 || library.Kind == StoreKind.PostgreSql)
                await EventExamination.ReadEvents(master);
        }

        if (await store.DescribeSchema() is var found && await empty.DescribeSchema() is var expected && found != expected)
            throw new ViolationException($"The migrated store has another schema than a new one.\nNew:\n{expected}\nMigrated:\n{found}");
        await Refuse(program, place, store);
    }

    /// <summary>Compares two answers. The newer one may have more attributes.</summary>
    private static void Compare(string path, string before, string now)
    {
        JsonElement[] old = [.. JsonElement.Parse(before).EnumerateArray()];
        JsonElement[] found = [.. JsonElement.Parse(now).EnumerateArray()];
        for (int i = 0; i < Math.Max(old.Length, found.Length); i++)
        {
            bool isSame = i < old.Length && i < found.Length
                && old[i].EnumerateObject().All(attribute => found[i].TryGetProperty(attribute.Name, out JsonElement value) && JsonElement.DeepEquals(attribute.Value, value));
            if (!isSame)
                throw new ViolationException($"{path} has changed.\nThe older library: {old.ElementAtOrDefault(i)}\nThis library:      {found.ElementAtOrDefault(i)}");
        }
    }

    private static async Task Refuse(string program, string place, OldStore store)
    {
        string before = await Describe(store);
        IReadOnlyDictionary<string, string> answers = await OldLibrary.Use(program, "open", place);
        if (!answers.TryGetValue("error", out string? error) || !error.StartsWith(nameof(SchemaVersionException), StringComparison.Ordinal))
            throw new ViolationException($"The older library does not refuse the newer store: {error ?? "no error"}");
        if (await Describe(store) is var after && after != before)
            throw new ViolationException($"The older library has changed the newer store.\nBefore:\n{before}\nAfter:\n{after}");
    }

    private static async Task<string> Describe(OldStore store) => store is OldSqliteStore file
        ? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file.File)))
        : await store.DescribeSchema() + await store.DescribeRows();
}
