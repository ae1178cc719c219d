using BuildData.Torture.Examination;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Says whether a store whose migration was interrupted is the old one as a whole, or the new one as a whole, and works.</summary>
/// <param name="old">What the store was.</param>
/// <param name="schema">Its schema before.</param>
/// <param name="rows">Its rows before.</param>
/// <param name="newSchema">The schema of a new store.</param>
internal sealed class InterruptedMigration(OldDatabase old, string schema, string rows, string newSchema)
{
    /// <summary>Takes note of a store before its migration.</summary>
    /// <param name="store">The store.</param>
    /// <param name="old">What it is.</param>
    /// <param name="empty">An empty store, which gets the newest schema.</param>
    public static async Task<InterruptedMigration> Expect(OldStore store, OldDatabase old, OldStore empty)
    {
        await (await empty.Open()).DisposeAsync();
        return new InterruptedMigration(old, await store.DescribeSchema(), await store.DescribeRows(), await empty.DescribeSchema());
    }

    /// <summary>Examines a store after its migration was interrupted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="store">The store.</param>
    /// <param name="mustBeNew">Whether the migration had ended.</param>
    /// <exception cref="ViolationException">It is neither old nor new, or does not work.</exception>
    public async Task Examine(CheckRun run, OldStore store, bool mustBeNew)
    {
        await store.AwaitIdle();
        long version = await store.ReadVersion();
        bool isOld = version == old.Version && !mustBeNew;
        if (isOld)
        {
            await RequireOld(store);
            run.Count("interrupted migrations after which the store is old");
        }
        else
        {
            await RequireNew(store, version);
            run.Count("interrupted migrations after which the store is new");
        }

        await new StoreExamination(run, store, old, mayHaveGap: !isOld).Run();
        await RequireNew(store, await store.ReadVersion());
        if (store is OldSqliteStore file && await IntegrityCheck.FindFault(file.File) is { } fault)
            throw new ViolationException(fault);
    }

    /// <summary>Throws if a store is not what it was before the migration.</summary>
    public async Task RequireOld(OldStore store)
    {
        if (await store.DescribeSchema() is var found && found != schema)
            throw new ViolationException($"The store says that it has the version {old.Version}, but its schema is another one.\nBefore:\n{schema}\nFound:\n{found}");
        if (await store.DescribeRows() is var foundRows && foundRows != rows)
            throw new ViolationException($"The store has the version {old.Version}, but other rows.\nBefore:\n{rows}\nFound:\n{foundRows}");
    }

    private async Task RequireNew(OldStore store, long version)
    {
        if (version != store.Scripts.NewestVersion)
            throw new ViolationException($"The store was {old.Version}, and is {version}, neither that nor {store.Scripts.NewestVersion}.");
        if (await store.DescribeSchema() is var found && found != newSchema)
            throw new ViolationException($"The store says that it has the version {version}, but its schema is another one.\nNew:\n{newSchema}\nFound:\n{found}");
    }
}
