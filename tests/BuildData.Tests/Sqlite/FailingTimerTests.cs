namespace BuildData.Tests;

/// <summary>The host program's <see cref="TimeProvider"/> may throw. The writer must not wait for a transaction that has ended.</summary>
internal sealed class FailingTimerTests
{
    [Test]
    public async Task Transaction_TimerCannotBeDisposed_LaterUpdatesRun()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(folder.ConnectionString);
            options.TimeProvider = new FailingTimers();
        });

        await FluentActions.Awaiting(() => master.Data.Updates.Transaction(updates => updates.FindBuilderId("inside"))).Should().ThrowAsync<NotSupportedException>();
        long later = await master.Data.Updates.FindBuilderId("later").WaitAsync(Given.Patience);

        later.Should().Be(2, "the transaction was committed before its timer failed");
    }

    private sealed class FailingTimers : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new FailingTimer();
    }

    private sealed class FailingTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => throw new NotSupportedException();

        public ValueTask DisposeAsync() => throw new NotSupportedException();
    }
}
