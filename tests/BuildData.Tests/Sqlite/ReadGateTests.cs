using BuildData.Stores.Sqlite;

namespace BuildData.Tests;

internal sealed class ReadGateTests
{
    private ReadGate _gate = null!;

    [SetUp]
    public void MakeGate() => _gate = new ReadGate(capacity: 1);

    [Test]
    public async Task Enter_ThereIsNoRoom_WaitsUntilOneLeaves()
    {
        await _gate.Enter(CancellationToken.None);

        Task second = _gate.Enter(CancellationToken.None).AsTask();

        second.IsCompleted.Should().BeFalse();
        _gate.Leave();
        await second.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Leave_TheFirstThatWaitsIsCancelled_WakesTheNext()
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
    public async Task Release_ReadsWereHeldBack_LetsThemIn()
    {
        _gate.Pause(static () => { });
        Task read = _gate.Enter(CancellationToken.None).AsTask();
        read.IsCompleted.Should().BeFalse();

        _gate.Resume();

        await read.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Hold_SomebodyIsInside_CallsBackWhenTheyLeave()
    {
        bool isEmpty = false;
        await _gate.Enter(CancellationToken.None);
        _gate.Pause(() => isEmpty = true);
        isEmpty.Should().BeFalse();

        _gate.Leave();

        isEmpty.Should().BeTrue();
    }

    [Test]
    public async Task Close_SomebodyIsInside_CompletesWhenTheyLeave()
    {
        await _gate.Enter(CancellationToken.None);

        Task closed = _gate.Close();

        closed.IsCompleted.Should().BeFalse();
        _gate.Leave();
        await closed.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Close_SomebodyWaits_RefusesThem()
    {
        await _gate.Enter(CancellationToken.None);
        Task waiting = _gate.Enter(CancellationToken.None).AsTask();

        _ = _gate.Close();

        await waiting.Awaiting(task => task.WaitAsync(Given.Patience)).Should().ThrowAsync<ObjectDisposedException>();
    }
}
