using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>A store of each version is opened, and must answer as before. It then has the schema of a new one.</summary>
/// <param name="kind">The kind of store.</param>
internal sealed class VersionsPart(StoreKind kind) : IUpgradePart
{
    public string Name => kind == StoreKind.Sqlite ? "versions" : "pg-versions";

    public bool NeedsServer => kind == StoreKind.PostgreSql;

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        string schema = await DescribeNewSchema(server);
        for (long version = 1; ; version++)
        {
            await using OldStore store = await OldStore.Create(kind, server);
            if (version > store.Scripts.NewestVersion)
                return;
            OldDatabase old = await OldDatabase.Create(store, version, random);
            await new StoreExamination(run, store, old).Run();
            string migrated = await store.DescribeSchema();
            if (migrated != schema)
                throw new ViolationException($"A store of the version {version} has another schema after its migration than a new one.\nNew:\n{schema}\nMigrated:\n{migrated}");
        }
    }

    private async Task<string> DescribeNewSchema(PostgreSqlServer? server)
    {
        await using OldStore store = await OldStore.Create(kind, server);
        await (await store.Open()).DisposeAsync();
        return await store.DescribeSchema();
    }
}
