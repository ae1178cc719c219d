using BuildData.Stores.Sqlite;

namespace BuildData.Tests;

internal sealed class ReadGateTests
{
    private ReadGate _gate = null!;

    [SetUp]
    public void MakeGate() => _gate = new ReadGate(capacity: 1);

    [Test]
    public async Task Enter_CapacityIsReached_WaitsUntilAReadEnds()
    {
        await _gate.Enter(CancellationToken.None);

        Task second = _gate.Enter(CancellationToken.None).AsTask();

        second.IsCompleted.Should().BeFalse();
        _gate.Leave();
        await second.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Leave_FirstWaitingReadIsCancelled_WakesTheNext()
    {
        await _gate.Enter(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task cancelled = _gate.Enter(cancel.Token).AsTask();
        Task next = _gate.Enter(CancellationToken.None).AsTask();
        await cancel.CancelAsync();

        _gate.Leave();

        await next.WaitAsync(Given.Patience);
        await cancelled.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Resume_AReadWaits_LetsTheReadBegin()
    {
        _gate.Pause(static () => { });
        Task read = _gate.Enter(CancellationToken.None).AsTask();
        read.IsCompleted.Should().BeFalse();

        _gate.Resume();

        await read.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Pause_AReadIsRunning_CallsBackWhenTheReadEnds()
    {
        bool haveReadsEnded = false;
        await _gate.Enter(CancellationToken.None);
        _gate.Pause(() => haveReadsEnded = true);
        haveReadsEnded.Should().BeFalse();

        _gate.Leave();

        haveReadsEnded.Should().BeTrue();
    }

    [Test]
    public async Task Close_AReadIsRunning_CompletesWhenTheReadEnds()
    {
        await _gate.Enter(CancellationToken.None);

        Task closed = _gate.Close();

        closed.IsCompleted.Should().BeFalse();
        _gate.Leave();
        await closed.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Close_AReadWaits_RefusesTheRead()
    {
        await _gate.Enter(CancellationToken.None);
        Task waiting = _gate.Enter(CancellationToken.None).AsTask();

        _ = _gate.Close();

        await waiting.Awaiting(task => task.WaitAsync(Given.Patience)).Should().ThrowAsync<ObjectDisposedException>();
    }
}
