using System.Diagnostics;
using BuildData.Torture.Load;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>The PostgreSQL server crashes while a process migrates a database, and starts again.</summary>
/// <param name="builds">How many builds the database has.</param>
internal sealed class KilledServerPart(int builds) : IUpgradePart
{
    private const int Crashes = 2;
    private const int MostMilliseconds = 1_500;

    public string Name => "pg-crash";

    public bool NeedsServer => true;

    public bool NeedsDurableServer => true;

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        await using OldStore store = await OldStore.Create(StoreKind.PostgreSql, server);
        await using OldStore empty = await OldStore.Create(StoreKind.PostgreSql, server);
        OldDatabase old = await OldDatabase.Create(store, random.NextInt64(1, store.Scripts.NewestVersion), random);
        await FillerRows.Write(store, builds);
        InterruptedMigration expected = await InterruptedMigration.Expect(store, old, empty);
        for (int crash = 0; crash < Crashes; crash++)
        {
            await using OldStore copy = await store.Copy();
            using Process process = MigrationProcess.Start(copy);
            await process.StandardOutput.ReadLineAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await Task.Delay(random.Next(MostMilliseconds));
            await server!.StopImmediately();
            await process.WaitForExitAsync();
            await server.Restart();
            bool hasOpened = (await output).Contains(MigrationProcess.Opened, StringComparison.Ordinal);
            if (!hasOpened && !(await errors).Contains($"BuildData.{nameof(StoreException)}", StringComparison.Ordinal))
                throw new ViolationException($"The server has crashed, and the process that migrates gets no {nameof(StoreException)}: {await errors}");
            run.Count("crashes of the server");
            await expected.Examine(run, copy, mustBeNew: hasOpened);
        }
    }
}
