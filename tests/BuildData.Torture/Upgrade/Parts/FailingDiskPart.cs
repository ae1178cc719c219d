using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>The disk is full or fails while a file is migrated. Later it works again.</summary>
internal sealed class FailingDiskPart : IUpgradePart
{
    private const int Builds = 500;
    private const int FailuresOfStore = 6;

    private static readonly (string Name, int Code)[] Failures =
    [
        ("full", FaultyFiles.DiskFull), ("write", FaultyFiles.WriteError), ("sync", FaultyFiles.SyncError), ("read", FaultyFiles.ReadError), ("lock", FaultyFiles.LockError),
    ];

    public string Name => "disk";

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        await using var store = new OldSqliteStore();
        await using var empty = new OldSqliteStore();
        OldDatabase old = await OldDatabase.Create(store, random.NextInt64(1, store.Scripts.NewestVersion), random);
        await FillerRows.Write(store, Builds);
        InterruptedMigration expected = await InterruptedMigration.Expect(store, old, empty);
        for (int i = 0; i < FailuresOfStore; i++)
        {
            (string name, int code) = Failures[random.Next(2) == 0 ? 0 : random.Next(Failures.Length)];
            int calls = await CountCalls(store, name);
            await using OldSqliteStore copy = store.CopyFile();
            bool hasOpened = await OpenOnBadDisk(copy, name, code, random.Next(calls + 1), retries: random.Next(2) == 0);
            run.Count($"failures ({name})");
            run.Count("openings that failed", hasOpened ? 0 : 1);
            await expected.Examine(run, copy, mustBeNew: hasOpened);
        }
    }

    private static async Task<int> CountCalls(OldSqliteStore store, string name)
    {
        using var files = new FaultyFiles();
        await using OldSqliteStore copy = store.CopyFile();
        copy.Files = files;
        int calls = 0;
        Break(files, name, () =>
        {
            Interlocked.Increment(ref calls);
            return 0;
        });
        await (await copy.Open()).DisposeAsync();
        return calls;
    }

    /// <summary>Opens a file on a disk that fails from one call on.</summary>
    /// <returns>Whether it was opened, at once or when the disk worked again.</returns>
    private static async Task<bool> OpenOnBadDisk(OldSqliteStore copy, string name, int code, int working, bool retries)
    {
        using var files = new FaultyFiles();
        copy.Files = files;
        Break(files, name, () => Interlocked.Decrement(ref working) >= 0 ? 0 : code);
        var options = new BuildDataOptions { MasterName = OldStore.OpenedBy };
        copy.Use(options);
        options.KeepEvents(TimeSpan.FromDays(30_000));
        try
        {
            await using var master = new Master(options);
            try
            {
                await master.Open();
                Break(files, name, null);
                return true;
            }
            catch (StoreException) when (retries)
            {
                // The disk works again, and so does the same master.
                Break(files, name, null);
                await master.Open();
                return true;
            }
        }
        catch (StoreException)
        {
            return false;
        }
        catch (BuildDataException error)
        {
            throw new ViolationException($"The disk fails ({name}) during a migration, and the error is not a {nameof(StoreException)}: {error}");
        }
        finally
        {
            copy.Files = null;
        }
    }

    private static void Break(FaultyFiles files, string name, Func<int>? call)
    {
        Func<string, int>? hook = call is null ? null : _ => call();
        switch (name)
        {
            case "sync":
                files.OnSync = hook;
                break;
            case "read":
                files.OnRead = hook;
                break;
            case "lock":
                files.OnLock = hook;
                break;
            default:
                files.OnWrite = hook;
                break;
        }
    }
}
