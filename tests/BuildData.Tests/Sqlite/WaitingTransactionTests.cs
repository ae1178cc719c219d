namespace BuildData.Tests;

/// <summary>A transaction that waits for the writer, of which there is one.</summary>
internal sealed class WaitingTransactionTests() : MasterTests(StoreKinds.Sqlite)
{
    [Test]
    public async Task Transaction_CancelledWhileItWaits_NeverRuns()
    {
        bool ran = false;
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        Task first = Updates.Transaction(async _ =>
        {
            begun.SetResult();
            await goOn.Task;
        });
        await begun.Task;
        Task second = Updates.Transaction(
            _ =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            cancel.Token);
        await cancel.CancelAsync();

        try
        {
            await second.Awaiting(task => task.WaitAsync(Given.Patience)).Should().ThrowAsync<OperationCanceledException>();
        }
        finally
        {
            goOn.SetResult();
        }

        await first;
        await Updates.FindBuilderId("the writer is free again");
        ran.Should().BeFalse();
    }
}
