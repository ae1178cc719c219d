using BuildData.Torture.Load;
using BuildData.Torture.Running;
using FsCheck;
using FsCheck.Fluent;

namespace BuildData.Torture.Histories;

/// <summary>Runs random concurrent histories, and shrinks one that no sequential order explains.</summary>
/// <param name="kind">The store.</param>
internal sealed class HistoriesCheck(StoreKind kind) : ICheck
{
    private const int HistoriesPerStore = 20;
    private const int MostCallers = 4;
    private const int MostCallsOfOne = 40;
    private const int TriesOfShrunk = 10;

    public string Name => kind == StoreKind.Sqlite ? "histories" : "pg-histories";

    public string Description => $"Random concurrent updates and queries on {kind} are linearizable. A round is a history. A history that is not is shrunk.";

    public async Task Run(CheckRun run)
    {
        TemporaryStore? store = null;
        List<Master> masters = [];
        try
        {
            while (run.Begin(out int round))
            {
                if (round % HistoriesPerStore == 0)
                {
                    await Close(masters, store);
                    store = await TemporaryStore.Create(kind);
                    masters = await Open(store);
                }

                await RunHistory(run, new HistoryRunner(masters) { FirstProject = round * 1000 }, Program(run.Random(round)));
            }
        }
        finally
        {
            await Close(masters, store);
        }
    }

    private static HistoryProgram Program(System.Random random)
    {
        // FsCheck's numbers come from ours, so that the round and the seed determine the program.
        Gen<int[][]> callers = Gen.Choose(int.MinValue, int.MaxValue).ArrayOf(MostCallsOfOne).ArrayOf(random.Next(2, MostCallers + 1));
        return new HistoryProgram(callers.Sample(MostCallsOfOne, new Rnd((ulong)random.NextInt64()), 1).First());
    }

    private static async Task RunHistory(CheckRun run, HistoryRunner runner, HistoryProgram program)
    {
        (int calls, string? violation) = await runner.Run(program);
        run.Count("histories");
        run.Count("calls", calls);
        if (violation is not null)
            throw run.Violation(await Shrink(runner, program, violation));
    }

    private static async Task<string> Shrink(HistoryRunner runner, HistoryProgram program, string violation)
    {
        while (true)
        {
            bool isSmaller = false;
            foreach (HistoryProgram smaller in program.Shrink())
            {
                if (await FindViolation(runner, smaller) is not { } again)
                    continue;
                (program, violation, isSmaller) = (smaller, again, true);
                break;
            }

            if (!isSmaller)
                return $"{violation}\nThe smallest program that fails:\n{program}";
        }
    }

    /// <summary>Tries several times, because threads meet in another way each time.</summary>
    private static async Task<string?> FindViolation(HistoryRunner runner, HistoryProgram program)
    {
        for (int i = 0; i < TriesOfShrunk; i++)
        {
            if (await runner.Run(program) is (_, { } violation))
                return violation;
        }

        return null;
    }

    private static async Task<List<Master>> Open(TemporaryStore store)
    {
        List<Master> masters = [await store.Open("m0")];
        if (store.HasSeveralMasters)
            masters.Add(await store.Open("m1"));
        return masters;
    }

    private static async Task Close(List<Master> masters, TemporaryStore? store)
    {
        foreach (Master master in masters)
            await master.DisposeAsync();
        if (store is not null)
            await store.DisposeAsync();
    }
}
