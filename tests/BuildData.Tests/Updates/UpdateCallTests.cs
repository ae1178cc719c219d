using System.Runtime.CompilerServices;
using BuildData.Diagnostics;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Tests;

/// <summary>How an update ends: it runs, it fails, or it is cancelled before.</summary>
internal sealed class UpdateCallTests
{
    private readonly InvalidOperationException _error = new("failed");

    private Telemetry _telemetry = null!;
    private RecordingConnection _connection = null!;
    private CancellationTokenSource _cancel = null!;

    [SetUp]
    public void CreateContext()
    {
        _telemetry = new Telemetry(null, null, "master");
        _connection = new RecordingConnection(_telemetry);
        _cancel = new CancellationTokenSource();
    }

    [TearDown]
    public void Dispose()
    {
        _cancel.Dispose();
        _telemetry.Dispose();
    }

    [Test]
    public async Task Complete_UpdateHasRun_ReturnsItsResult([Values] bool isSlow)
    {
        UpdateCall<int, int> update = Returning(7, isSlow);

        await update.Run(_connection.UpdateContext);

        update.Task.IsCompleted.Should().BeFalse("the caller gets no result before the commit");
        update.Complete();
        (await update.Task).Should().Be(7);
    }

    [Test]
    public async Task Complete_UpdateHasFailed_ThrowsItsError([Values] bool isSlow)
    {
        UpdateCall<int, int> update = Failing(() => _error, isSlow);

        await update.Run(_connection.UpdateContext);
        update.Complete();

        update.Error.Should().BeSameAs(_error);
        (await FluentActions.Awaiting(() => update.Task).Should().ThrowAsync<InvalidOperationException>()).Which.Should().BeSameAs(_error);
    }

    [Test]
    public async Task Run_UpdateFailedBefore_ForgetsTheError()
    {
        int runs = 0;
        UpdateCall<int, int> update = Failing(() => ++runs == 1 ? _error : null);
        await update.Run(_connection.UpdateContext);

        await update.Run(_connection.UpdateContext);

        update.Error.Should().BeNull();
    }

    [Test]
    public async Task Complete_UpdateSucceeded_CallsBackBeforeItsTaskCompletes()
    {
        bool? wasCompleted = null;
        UpdateCall<int, int> update = null!;
        update = new UpdateCall<int, int>(static (_, args) => new(args), 7, null) { Succeeded = () => wasCompleted = update.Task.IsCompleted };
        await update.Run(_connection.UpdateContext);

        update.Complete();

        wasCompleted.Should().BeFalse();
        update.Task.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public async Task Complete_UpdateHasFailed_DoesNotCallBack()
    {
        bool wasCalled = false;
        var update = new UpdateCall<int, int>((_, _) => throw _error, 0, null) { Succeeded = () => wasCalled = true };
        await update.Run(_connection.UpdateContext);

        update.Complete();

        wasCalled.Should().BeFalse();
    }

    [Test]
    public void TryTake_CalledTwice_SucceedsOnce()
    {
        UpdateCall<int, int> update = Returning(7);

        update.TryTake().Should().BeTrue();
        update.TryTake().Should().BeFalse();
    }

    [Test]
    public async Task CancelWith_CancelledBeforeItIsTaken_IsNotTaken()
    {
        UpdateCall<int, int> update = Returning(7);
        update.CancelWith(_cancel.Token);

        await _cancel.CancelAsync();

        update.TryTake().Should().BeFalse();
        (await FluentActions.Awaiting(() => update.Task.WaitAsync(Given.Patience)).Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(_cancel.Token);
    }

    [Test]
    public async Task CancelWith_CancelledAfterItWasTaken_HasNoEffect()
    {
        UpdateCall<int, int> update = Returning(7);
        update.CancelWith(_cancel.Token);
        update.TryTake();

        await _cancel.CancelAsync();
        await update.Run(_connection.UpdateContext);
        update.Complete();

        (await update.Task).Should().Be(7);
    }

    [Test]
    public void CancelWith_CallerWaits_DoesNotContinueOnTheCancellingThread()
    {
        UpdateCall<int, int> update = Returning(7);
        update.CancelWith(_cancel.Token);
        async Task<Thread> Continue()
        {
            await ((Task)update.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Thread.CurrentThread;
        }

        Task<Thread> waiting = Continue();
        var cancelling = new Thread(_cancel.Cancel);
        cancelling.Start();
        cancelling.Join();

        waiting.Wait(Given.Patience).Should().BeTrue();
        waiting.Result.Should().NotBeSameAs(cancelling);
    }

    [Test]
    public void PrefetchPlan_AskedTwice_IsFilledOnce()
    {
        int fills = 0;
        UpdateCall<int, int> update = _connection.NewUpdate("a", plan: (_, _) => fills++);

        PrefetchPlan plan = update.PrefetchPlan(_connection.Context.Options);

        update.PrefetchPlan(_connection.Context.Options).Should().BeSameAs(plan);
        fills.Should().Be(1);
    }

    [Test]
    public async Task Run_UpdateWaits_DoesNotBlockItsCaller()
    {
        var gate = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var update = new UpdateCall<int, int>((_, _) => new(gate.Task), 0, null);

        ValueTask running = update.Run(_connection.UpdateContext);

        running.IsCompleted.Should().BeFalse();
        gate.SetResult(7);
        await running;
        update.Complete();
        (await update.Task).Should().Be(7);
    }

    [Test]
    public async Task Run_Begins_SetsTheTimeOfTheUpdate()
    {
        await Returning(7).Run(_connection.UpdateContext);

        _connection.UpdateContext.Now.Should().BeAfter(DateTimeOffset.UnixEpoch);
    }

    [Test]
    public async Task CancelWith_WasTakenBefore_HasNoEffect()
    {
        UpdateCall<int, int> update = Returning(7);
        update.TryTake();

        update.CancelWith(_cancel.Token);
        await _cancel.CancelAsync();

        // What the cancellation would have queued runs before this.
        await Task.Run(static () => { });
        update.Task.IsCompleted.Should().BeFalse();
    }

    [Test]
    public void TryTake_TokenLivesOn_DoesNotHoldTheUpdate()
    {
        WeakReference update = TakeNewUpdate();

        GC.Collect();

        update.IsAlive.Should().BeFalse();
    }

    [Test]
    public async Task CompleteAll_SeveralRequests_CompletesThem()
    {
        UpdateCall<int, int>[] updates = [Returning(7), Returning(8)];
        foreach (UpdateCall<int, int> update in updates)
            await update.Run(_connection.UpdateContext);

        StoreRequest.CompleteAll([.. updates]);

        (await Task.WhenAll(updates.Select(update => update.Task)).WaitAsync(Given.Patience)).Should().Equal(7, 8);
    }

    [Test]
    public void CompleteAll_NoRequests_IsRefused() => FluentActions.Invoking(() => StoreRequest.CompleteAll(null!)).Should().Throw<ArgumentNullException>();

    [Test]
    public void PrefetchPlan_NoOptions_IsRefused() => Returning(7).Invoking(update => update.PrefetchPlan(null!)).Should().Throw<ArgumentNullException>();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference TakeNewUpdate()
    {
        UpdateCall<int, int> update = Returning(7);
        update.CancelWith(_cancel.Token);
        update.TryTake();
        return new WeakReference(update);
    }

    private static UpdateCall<int, int> Returning(int result, bool isSlow = false) => new(
        async (_, args) =>
        {
            if (isSlow)
                await Task.Yield();
            return args;
        },
        result,
        null);

    private static UpdateCall<int, int> Failing(Func<Exception?> fails, bool isSlow = false) => new(
        async (_, _) =>
        {
            if (isSlow)
                await Task.Yield();
            return fails() is { } error ? throw error : 0;
        },
        0,
        null);
}
