using System.Diagnostics;
using BuildData.Stores;
using BuildData.Stores.Sqlite;

namespace BuildData.Tests;

/// <summary>Which thread completes requests while callers block the thread pool, and while they don't.</summary>
[NonParallelizable]
internal sealed class UpdateTaskCompleterTests
{
    // More than the thread pool has threads, so that it can't begin to complete all of them.
    private const int Many = 100;

    private UpdateTaskCompleter _completer = null!;
    private ManualResetEventSlim _unblockPool = null!;

    [SetUp]
    public void CreateCompleter()
    {
        _completer = new UpdateTaskCompleter();
        _unblockPool = new ManualResetEventSlim();
    }

    [TearDown]
    public void Dispose()
    {
        _unblockPool.Set();
        _completer.Dispose();
    }

    [Test]
    public async Task QueueForCompletion_PoolIsFree_CompletesThere()
    {
        var request = new Request();

        _completer.QueueForCompletion([request]);

        (await request.CompletedBy.WaitAsync(Given.Patience)).IsThreadPoolThread.Should().BeTrue();
        _completer.TimeUntilOldestIsOverdue.Should().BeNull();
    }

    [Test]
    public void TimeUntilOldestIsOverdue_PoolIsBlocked_EndsAfterTwentyMilliseconds()
    {
        long start = Stopwatch.GetTimestamp();
        _completer.QueueForCompletion(BlockingRequests());

        TimeSpan? before = _completer.TimeUntilOldestIsOverdue;
        SpinWait.SpinUntil(() => _completer.TimeUntilOldestIsOverdue == TimeSpan.Zero, Given.Patience);

        before.Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(20));
        Stopwatch.GetElapsedTime(start).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(20));
    }

    [Test]
    public async Task CompleteTasksThatThreadPoolDelays_NotYetOverdue_LeavesThemToThePool()
    {
        const int MostAttempts = 50;
        Request[] requests;
        for (int attempt = 1; ; attempt++)
        {
            requests = BlockingRequests();
            _completer.QueueForCompletion(requests);

            _completer.CompleteTasksThatThreadPoolDelays();

            // If this thread was held up, the batch may have been overdue before the call. Then the attempt tells nothing.
            if (_completer.TimeUntilOldestIsOverdue > TimeSpan.Zero)
                break;
            attempt.Should().BeLessThan(MostAttempts, "a thread is not held up for 20 ms so often");
            Dispose();
            CreateCompleter();
        }

        _unblockPool.Set();
        foreach (Request request in requests)
            (await request.CompletedBy.WaitAsync(Given.Patience)).IsThreadPoolThread.Should().BeTrue();
    }

    [Test]
    public void CompleteTasksThatThreadPoolDelays_PoolIsBlocked_CompletesTheOthersAndLaterOnesItself()
    {
        Request[] requests = BlockPoolUntilOverdue();

        _completer.CompleteTasksThatThreadPoolDelays();

        CompletedByOwnThread(requests[^1]).Should().BeTrue();
        _completer.TimeUntilOldestIsOverdue.Should().BeNull();
        var later = new Request();
        _completer.QueueForCompletion([later]);
        CompletedByOwnThread(later).Should().BeTrue("the pool was too slow within the last second");
    }

    [Test]
    public void CompleteTasksThatThreadPoolDelays_ContinuationWaits_IsMovedToThePool()
    {
        BlockPoolUntilOverdue();
        _completer.CompleteTasksThatThreadPoolDelays();
        var request = new Request();
        async Task<Thread> Continue()
        {
            await request.CompletedBy.ConfigureAwait(false);
            return Thread.CurrentThread;
        }

        Task<Thread> awaiting = Continue();
        _completer.QueueForCompletion([request]);
        _unblockPool.Set();

        awaiting.Wait(Given.Patience);
        awaiting.Result.IsThreadPoolThread.Should().BeTrue();
    }

    [Test]
    public void Dispose_PoolIsBlocked_CompletesTheOthersFirst()
    {
        Request[] requests = BlockPoolUntilOverdue();

        _completer.Dispose();

        requests[^1].CompletedBy.IsCompleted.Should().BeTrue();
        FluentActions.Invoking(_completer.Dispose).Should().NotThrow();
    }

    private Request[] BlockingRequests() => [.. Enumerable.Range(0, Many).Select(_ => new Request(_unblockPool))];

    private Request[] BlockPoolUntilOverdue()
    {
        Request[] requests = BlockingRequests();
        _completer.QueueForCompletion(requests);
        SpinWait.SpinUntil(() => _completer.TimeUntilOldestIsOverdue == TimeSpan.Zero, Given.Patience);
        return requests;
    }

    private static bool CompletedByOwnThread(Request request) => request.CompletedBy.Wait(Given.Patience) && !request.CompletedBy.Result.IsThreadPoolThread;

    /// <summary>A request whose completion blocks a thread of the pool, but no other thread.</summary>
    private sealed class Request(ManualResetEventSlim? unblockPool = null) : StoreRequest
    {
        private readonly TaskCompletionSource<Thread> _completedBy = new();

        public Task<Thread> CompletedBy => _completedBy.Task;

        public override void Complete()
        {
            if (Thread.CurrentThread.IsThreadPoolThread)
                unblockPool?.Wait(Given.Patience);
            _completedBy.TrySetResult(Thread.CurrentThread);
        }

        protected override void Cancel(CancellationToken token) => throw new NotSupportedException();
    }
}
