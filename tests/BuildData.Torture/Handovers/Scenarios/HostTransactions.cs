namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Transactions of the host run beside updates, reads, a cancellation and sometimes the disposal. A transaction is stored as a whole or not
/// at all.
/// </summary>
internal sealed class HostTransactions : IScenario
{
    public string Name => "transactions";

    public async Task Run(ScenarioRun run)
    {
        string database = run.NewDatabase();
        Master master = await Master.Open(database);
        using var source = new CancellationTokenSource();
        bool isDisposed = run.Choose(2) == 0;
        bool first = false, second = false, plain = false;
        List<Task> running =
        [
            run.Start(async () => first = await Outcomes.IsAccepted(master.Data.Updates.Transaction(u => Add(u, "a")))),
            run.Start(async () => second = await Outcomes.IsNotCancelled(Outcomes.IsAccepted(master.Data.Updates.Transaction(u => Add(u, "b"), source.Token)))),
            run.Start(async () => plain = await Outcomes.IsAccepted(master.Data.Updates.FindBuilderId("plain"))),
            run.Start(() => Fail(master)),
            run.StartBlocking(() => source.Cancel()),
            run.Start(() => Outcomes.IsAccepted(master.Data.GetAll<Builder>("/builders"))),
        ];
        if (isDisposed)
            running.Add(run.Start(async () => await master.DisposeAsync()));
        await Task.WhenAll(running);
        await master.DisposeAsync();

        await using Master next = await Master.Open(database);
        HashSet<string> stored = [.. (await next.Data.GetAll<Builder>("/builders")).Select(builder => builder.Name)];
        ScenarioRun.Require(stored.Contains("plain") == plain, "The update beside the transactions has another outcome than its task.");
        ScenarioRun.Require(stored.Contains("a1") == first && stored.Contains("a2") == first, "The first transaction has another outcome than its task.");
        ScenarioRun.Require(stored.Contains("b1") == stored.Contains("b2") && (second || !stored.Contains("b1")), "The second transaction has another outcome than its task.");
        ScenarioRun.Require(!stored.Contains("c1"), "A transaction whose function failed is stored.");
        ScenarioRun.Require(isDisposed || (first && plain), "An update was refused, although the master was not disposed.");
    }

    private static async Task Add(Updates updates, string name)
    {
        await updates.FindBuilderId(name + "1");
        await Task.Yield();
        await updates.FindBuilderId(name + "2");
    }

    private static async Task Fail(Master master)
    {
        try
        {
            await master.Data.Updates.Transaction(async u =>
            {
                await Add(u, "c");
                throw new NotSupportedException();
            });
        }
        catch (Exception error) when (error is NotSupportedException or ObjectDisposedException)
        {
            return;
        }

        throw new InvalidOperationException("The transaction succeeded, although its function failed.");
    }
}
