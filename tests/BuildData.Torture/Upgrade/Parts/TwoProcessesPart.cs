using System.Diagnostics;
using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>Two processes migrate a store at once.</summary>
/// <param name="kind">The kind of store.</param>
internal sealed class TwoProcessesPart(StoreKind kind) : IUpgradePart
{
    private const int Builds = 5_000;

    public string Name => kind == StoreKind.Sqlite ? "two-processes" : "pg-two-processes";

    public bool NeedsServer => kind == StoreKind.PostgreSql;

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        await using OldStore store = await OldStore.Create(kind, server);
        OldDatabase old = await OldDatabase.Create(store, random.NextInt64(1, store.Scripts.NewestVersion), random);
        await FillerRows.Write(store, Builds);
        await using OldStore empty = await OldStore.Create(kind, server);
        InterruptedMigration expected = await InterruptedMigration.Expect(store, old, empty);
        (bool Opened, string Errors)[] ends = await Task.WhenAll(Migrate(store, OldStore.OpenedBy), Migrate(store, OldStore.OpenedBySecond));
        int opened = ends.Count(end => end.Opened);

        // One process writes to a file. The other one may come when the first has closed it.
        bool areOthersRefused = ends.All(end => end.Opened || end.Errors.Contains($"BuildData.{nameof(StoreInUseException)}", StringComparison.Ordinal));
        if (opened == 0 || !areOthersRefused || (opened < 2 && kind == StoreKind.PostgreSql))
            throw new ViolationException($"Of two processes that migrate a store at once, {opened} have opened it. {string.Join('\n', ends.Select(end => end.Errors))}");
        run.Count("processes that had to wait or were refused", kind == StoreKind.PostgreSql ? 1 : 2 - opened);
        await expected.Examine(run, store, mustBeNew: true);
    }

    private static async Task<(bool Opened, string Errors)> Migrate(OldStore store, string masterName)
    {
        using Process process = MigrationProcess.Start(store, masterName);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (output.Contains(MigrationProcess.Opened, StringComparison.Ordinal), await errors);
    }
}
