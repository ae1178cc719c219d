namespace BuildData.Tests;

/// <summary>Reads beside each other, and reads that are cancelled.</summary>
internal sealed class SqliteReadersTests() : SqliteMasterTests
{
    [Test]
    public async Task Get_ManyLongReadsAreRunning_DoesNotWaitForThem()
    {
        long stepId = await Updates.Step();
        using var end = new ManualResetEventSlim();
        using var began = new CountdownEvent(20);
        Task[] longReads = [.. Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
            () => Master.Store.Read(
                (_, _, token) =>
                {
                    began.Signal();
                    end.Wait(Given.Patience, token);
                    return new ValueTask<bool>(true);
                },
                0,
                CancellationToken.None).AsTask(),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap())];
        began.Wait(Given.Patience);

        Step? step = await Data.Get<Step>($"/steps/{stepId}").WaitAsync(Given.Patience);

        end.Set();
        await Task.WhenAll(longReads);
        step.Should().NotBeNull();
    }

    [Test]
    public async Task Count_CancelledBeforeTheFirstRow_StopsTheStatement()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i < 20_000; i++)
                await u.NewStep(buildId, "step");
        });
        int late = 0;

        for (int i = 0; i < 100; i++)
        {
            // The token is cancelled where the statement has been prepared and has not begun: an interrupt would have no effect there.
            using var cancel = new CancellationTokenSource();
            bool ranToItsEnd = await Master.Store.Read(
                static async (session, cancel, _) =>
                {
                    var sink = new CancellingSink(cancel);
                    BuildData.Stores.SqlBuilder sql = session.Sql().Append("SELECT s.id FROM steps AS s, steps AS t WHERE s.id = -1 OR t.id = 1");
                    try
                    {
                        await cancel.CancelAsync();
                        await session.Query(sql, sink, cancel.Token);
                        return true;
                    }
                    catch (OperationCanceledException)
                    {
                        return false;
                    }
                },
                cancel,
                CancellationToken.None);
            late += ranToItsEnd ? 1 : 0;
        }

        late.Should().Be(0);
    }

    [Test]
    public async Task Query_CancelledWhileAStatementLooksForItsFirstRow_EndsEarly()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i < 5_000; i++)
                await u.NewStep(buildId, "step");
        });
        using var cancel = new CancellationTokenSource();
        var steps = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // 125,000 million rows would take many minutes.
        Task query = Task.Run(() => Master.Store.Read(
            async (session, _, token) =>
            {
                steps.SetResult();
                await session.Query(
                    session.Sql().Append("SELECT count(*) FROM steps AS a, steps AS b, steps AS c"), new CancellingSink(null), token);
                return true;
            },
            0,
            cancel.Token).AsTask());
        await steps.Task;
        await cancel.CancelAsync();

        await query.Awaiting(task => task.WaitAsync(Given.Patience)).Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Takes rows, and cancels at the first of them.</summary>
    private sealed class CancellingSink(CancellationTokenSource? cancel) : BuildData.Stores.RowSink
    {
        public override void Open(BuildData.Stores.RowParsers parsers)
        {
        }

        public override void Add(System.Data.Common.DbDataReader row) => cancel?.Cancel();
    }
}
