using System.Diagnostics;
using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>A process that migrates a store is killed at a random moment.</summary>
/// <param name="kind">The kind of store.</param>
/// <param name="builds">How many builds the store has.</param>
internal sealed class KilledPart(StoreKind kind, int builds) : IUpgradePart
{
    private const int KillsOfStore = 3;

    public string Name => kind == StoreKind.Sqlite ? "killed" : "pg-killed";

    public bool NeedsServer => kind == StoreKind.PostgreSql;

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        await using OldStore store = await OldStore.Create(kind, server);
        await using OldStore empty = await OldStore.Create(kind, server);
        OldDatabase old = await OldDatabase.Create(store, random.NextInt64(1, store.Scripts.NewestVersion), random);
        await FillerRows.Write(store, builds);
        InterruptedMigration expected = await InterruptedMigration.Expect(store, old, empty);
        TimeSpan whole = await MeasureMigration(run, store);
        for (int kill = 0; kill < KillsOfStore; kill++)
        {
            await using OldStore copy = await store.Copy();
            bool hasOpened = await Kill(run, copy, whole * random.NextDouble() * 1.1);
            await expected.Examine(run, copy, mustBeNew: hasOpened);
        }
    }

    private static async Task<TimeSpan> MeasureMigration(CheckRun run, OldStore store)
    {
        await using OldStore copy = await store.Copy();
        using Process process = MigrationProcess.Start(copy);
        await process.StandardOutput.ReadLineAsync();
        long start = Stopwatch.GetTimestamp();
        if (await process.StandardOutput.ReadLineAsync() != MigrationProcess.Opened)
            throw new ViolationException($"A store that nobody disturbs can't be migrated: {await process.StandardError.ReadToEndAsync()}");
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        await process.WaitForExitAsync();
        run.Max("milliseconds of a migration that nobody disturbs, at most", (long)time.TotalMilliseconds);
        return time;
    }

    /// <summary>Kills a process some time after it has begun.</summary>
    /// <returns>Whether the store was open by then.</returns>
    private static async Task<bool> Kill(CheckRun run, OldStore store, TimeSpan after)
    {
        using Process process = MigrationProcess.Start(store);
        await process.StandardOutput.ReadLineAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await Task.Delay(after);
        process.Kill();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (errors.Length > 0)
            throw new ViolationException($"The process failed before it was killed: {errors}");
        run.Count("kills");
        return (await output).Contains(MigrationProcess.Opened, StringComparison.Ordinal);
    }
}
