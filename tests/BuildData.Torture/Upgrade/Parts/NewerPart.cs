using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>A store of a later version is refused, and nothing of it changes.</summary>
/// <param name="kind">The kind of store.</param>
internal sealed class NewerPart(StoreKind kind) : IUpgradePart
{
    public string Name => kind == StoreKind.Sqlite ? "newer" : "pg-newer";

    public bool NeedsServer => kind == StoreKind.PostgreSql;

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        await using OldStore store = await OldStore.Create(kind, server);
        long newest = store.Scripts.NewestVersion;
        await OldDatabase.Create(store, newest, random);
        long newer = newest + (random.Next(2) == 0 ? 1 : random.Next(1, 1_000));
        await store.SetVersion(newer);
        string before = await Describe(store);
        await Refuse(() => store.Open(), newer, newest);
        if (store is OldSqliteStore file)
        {
            await Refuse(() => Master.Open($"Data Source={file.File};Mode=ReadOnly"), newer, newest);
            await Refuse(() => Copy(file.File, Path.Combine(Path.GetDirectoryName(file.File)!, "copy.db")), newer, newest);
        }

        if (await Describe(store) is var after && after != before)
            throw new ViolationException($"A store of the version {newer} was refused, but it has changed.\nBefore:\n{before}\nAfter:\n{after}");
        if (store is OldSqliteStore readOnly)
            await RefuseToReadOlder(readOnly, random);
        run.Count("refusals");
    }

    /// <summary>A file that is open read-only can't be migrated, so an older one is refused.</summary>
    private static async Task RefuseToReadOlder(OldSqliteStore store, Random random)
    {
        await using var older = new OldSqliteStore();
        long version = random.NextInt64(1, store.Scripts.NewestVersion);
        await OldDatabase.Create(older, version, random);
        string before = await Describe(older);
        await Refuse(() => Master.Open($"Data Source={older.File};Mode=ReadOnly"), version, store.Scripts.NewestVersion);
        if (await Describe(older) is var after && after != before)
            throw new ViolationException($"A file of the version {version} was refused, but it has changed.\nBefore:\n{before}\nAfter:\n{after}");
    }

    private static async Task<Master> Copy(string source, string target)
    {
        await BuildDataCopy.Run(from => from.UseSqlite($"Data Source={source}"), to => to.UseSqlite($"Data Source={target}"));
        throw new ViolationException("A store of a later version was copied.");
    }

    private static async Task Refuse(Func<Task<Master>> open, long found, long known)
    {
        try
        {
            await using Master master = await open();
            throw new ViolationException($"A store of the version {found} was opened by a library that knows {known}.");
        }
        catch (SchemaVersionException error)
        {
            if (error.Found != found || error.Known != known)
                throw new ViolationException($"The store has the version {found}, and the library knows {known}, but the error says: {error.Message}");
        }
    }

    // The bytes of a file, because nothing may be written to it.
    private static async Task<string> Describe(OldStore store) => store is OldSqliteStore file
        ? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file.File)))
        : await store.DescribeSchema() + await store.DescribeRows();
}
