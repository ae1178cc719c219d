namespace BuildData.Tests;

/// <summary>A host's transaction holds many rows: those wait who want them, and nobody else.</summary>
internal sealed class ManyHeldRowsTests() : MasterTests(StoreKinds.PostgreSql)
{
    private const int Held = 64;
    private const int Callers = 32;

    [Test]
    public async Task Transaction_OfAnotherMasterHoldsManyRows_UnrelatedUpdatesComplete()
    {
        await using Master other = await Store.Open(options => options.MasterName = "other");
        long[] held = await Updates.Steps(Held, "held");
        long[] free = await Updates.Steps(Callers, "free");
        var holds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task transaction = other.Data.Updates.Transaction(async updates =>
        {
            foreach (long step in held)
                await updates.SetStepStateString(step, "in the transaction");
            holds.SetResult();
            await end.Task;
        });
        await holds.Task;

        Task[] waiting = [.. held.Select(step => Updates.SetStepStateString(step, "after the transaction"))];
        SteadyLoad load = SteadyLoad.Start(Callers, (caller, number) => Updates.SetStepStateString(free[caller], $"{number}"));
        try
        {
            await load.GoesOn(updates: 10);

            waiting.Should().OnlyContain(update => !update.IsCompleted);
        }
        finally
        {
            // Masters are disposed after their transactions.
            end.SetResult();
        }

        await transaction;
        await Task.WhenAll(waiting).WaitAsync(Given.Patience);
        await load.Stop();
        (await Data.GetAll<Step>("/builders/held/builds/1/steps")).Should().HaveCount(Held).And.OnlyContain(step => step.StateString == "after the transaction");
    }
}
