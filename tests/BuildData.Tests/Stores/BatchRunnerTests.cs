using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.Tests;

/// <summary>The order of the steps of a batch, and which of its updates fail.</summary>
internal sealed class BatchRunnerTests
{
    private readonly InvalidOperationException _refusal = new("refused");
    private readonly RecordingConnection.DatabaseException _databaseError = new();
    private readonly StoreException _failure = new("failed");

    private TestMeters _meters = null!;
    private Telemetry _telemetry = null!;
    private MetricCollector<int> _sizes = null!;
    private RecordingConnection _connection = null!;

    [SetUp]
    public void CreateConnection()
    {
        _meters = new TestMeters();
        _telemetry = new Telemetry(null, _meters.Factory, "master");
        _sizes = _meters.Collect<int>("builddata.batch.size");
        _connection = new RecordingConnection(_telemetry);
    }

    [TearDown]
    public void Dispose()
    {
        _sizes.Dispose();
        _telemetry.Dispose();
        _meters.Dispose();
    }

    [Test]
    public async Task Run_AllSucceed_ShareATransaction([Values] bool areSlow)
    {
        BatchResult result = await Run(Update("a", isSlow: areSlow), Update("b", isSlow: areSlow));

        Steps.Should().Be("begin prefetch a b commit");
        _connection.Committed.Should().Equal("a", "b");
        result.Should().BeSameAs(BatchResult.Done);
        Sizes.Should().Equal(2);
    }

    [Test]
    public async Task Run_OneIsRefusedBeforeItWrites_OthersShareTheTransaction([Values] bool areSlow)
    {
        StoreUpdate refused = Update("b", writes: false, () => _refusal, areSlow);

        await Run(Update("a", isSlow: areSlow), refused, Update("c", isSlow: areSlow));

        Steps.Should().Be("begin prefetch a b c commit");
        _connection.Committed.Should().Equal("a", "c");
        refused.Error.Should().BeSameAs(_refusal);
    }

    [Test]
    public async Task Run_OneFailsAfterWriting_EachRunsInATransactionOfItsOwn([Values] bool isSlow)
    {
        StoreUpdate failing = Update("b", fails: () => _refusal, isSlow: isSlow);

        BatchResult result = await Run(Update("a"), failing, Update("c"));

        Steps.Should().Be("begin prefetch a b rollback begin prefetch a commit begin prefetch b rollback begin prefetch c commit");
        _connection.Committed.Should().Equal("a", "c");
        failing.Error.Should().BeSameAs(_refusal);
        result.Blocked.Should().BeEmpty();
        Sizes.Should().Equal(1, 1, 1);
    }

    [Test]
    public async Task Run_OneFailsAfterWriting_EachRunsInsideASavepoint()
    {
        UseSavepoints();
        StoreUpdate failing = Update("b", fails: () => _refusal);

        await Run(Update("a"), failing, Update("c"));

        Steps.Should().Be("begin prefetch a b rollback begin savepoint a release savepoint b undo savepoint c release commit");
        _connection.Committed.Should().Equal("a", "c");
        failing.Error.Should().BeSameAs(_refusal);
        Sizes.Should().Equal(3);
    }

    [Test]
    public async Task Run_RowsAreLocked_ReturnsTheUpdatesWithoutRunningThem()
    {
        StoreUpdate blocked = Update("b");
        _connection.Blocked.Add(blocked);

        BatchResult result = await Run(Update("a"), blocked, Update("c"));

        Steps.Should().Be("begin prefetch a c commit");
        result.Blocked.Should().Equal(blocked);
        result.TableBlocked.Should().BeEmpty();
        Sizes.Should().Equal(2);
    }

    [Test]
    public async Task Run_AllRowsAreLocked_MeasuresNothing()
    {
        StoreUpdate blocked = Update("a");
        _connection.Blocked.Add(blocked);

        (await Run(blocked)).Blocked.Should().Equal(blocked);

        Sizes.Should().BeEmpty();
    }

    [Test]
    public async Task Run_BeginFailsAfterAnAttemptWithLockedRows_ForgetsThem()
    {
        StoreUpdate blocked = Update("a");
        _connection.Blocked.Add(blocked);
        var runner = new BatchRunner(_connection, _connection.Context);
        await runner.Run(new[] { blocked }, default);
        _connection.Fail("begin", _databaseError);
        _connection.Recoveries.Enqueue(Recovery.Committed);

        BatchResult result = await runner.Run(new[] { Update("b") }, default);

        result.Blocked.Should().BeEmpty();
    }

    [Test]
    public async Task Run_LocksTables_LocksThoseOfAllUpdates([Values] bool locksTables, [Values] bool waitsForLocks)
    {
        await Run(new BatchOptions(locksTables, waitsForLocks), Update("a", table: ResourceTables.Builders), Update("b", table: ResourceTables.Builds));

        TableSet expected = locksTables ? default(TableSet).With(ResourceTables.Builders).With(ResourceTables.Builds) : default;
        _connection.Begun.Should().Equal((expected, waitsForLocks));
        Steps.Should().Be(waitsForLocks ? "begin wait a b commit" : "begin prefetch a b commit");
    }

    [Test]
    public async Task Run_DatabaseFailsInAnUpdate_RecoversWithAnotherAttempt()
    {
        int runs = 0;
        StoreUpdate update = Update("b", writes: false, () => ++runs < 3 ? _databaseError : null);
        Recover(Recovery.RunAgain, Recovery.RunAgain);

        await Run(new BatchOptions(false, true), Update("a"), update);

        Steps.Should().Be("begin wait a b recover begin wait a b recover begin wait a b commit");
        _connection.Failed.Should().Equal(
            (_databaseError, new FailedAttempt(1, 2, new BatchOptions(false, true), CanRunAgain: true)),
            (_databaseError, new FailedAttempt(2, 2, new BatchOptions(false, true), CanRunAgain: true)));
        update.Error.Should().BeNull();
        _connection.Committed.Should().Equal("a", "b");
    }

    [Test]
    public async Task Run_CommitHasSucceededAlthoughItFailed_AllSucceed()
    {
        StoreUpdate update = Update("a");
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.Committed);

        BatchResult result = await Run(update, Update("b"));

        update.Error.Should().BeNull();
        result.Should().BeSameAs(BatchResult.Done);
        Sizes.Should().Equal(2);
    }

    [Test]
    public async Task Run_CommitFails_RunsEachSeparately()
    {
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.RunSeparately);

        await Run(Update("a"), Update("b"));

        Steps.Should().Be("begin prefetch a b commit recover begin prefetch a commit begin prefetch b commit");
    }

    [Test]
    public async Task Run_ATableIsLocked_OnlyItsUpdatesAreBlocked()
    {
        StoreUpdate blocked = Update("b", table: ResourceTables.Builds), lockedRow = Update("d", table: ResourceTables.Builders);
        _connection.Blocked.Add(lockedRow);
        _connection.Fail("begin", _databaseError);
        Recover(Recovery.RunByTables, Recovery.RunByTables);
        StoreUpdate first = Update("a", writes: false, () =>
        {
            _connection.Fail("begin", _databaseError);
            return null;
        }, table: ResourceTables.Builders);

        BatchResult result = await Run(first, blocked, Update("c", table: ResourceTables.Builders), lockedRow);

        Steps.Should().Be("begin recover begin prefetch a c commit begin recover");
        result.TableBlocked.Should().Equal(blocked);
        result.Blocked.Should().Equal(lockedRow);
    }

    [Test]
    public async Task Run_DatabaseFails_AllFailWithTheErrorForCallers()
    {
        StoreUpdate before = Update("a"), failing = Update("b", fails: () => _databaseError), after = Update("c");
        Recover(Recovery.Fail(_failure));

        BatchResult result = await Run(before, failing, after);

        Errors(before, failing, after).Should().Equal(_failure, _failure, _failure);
        result.Should().BeSameAs(BatchResult.Done);
        Sizes.Should().Equal(3);
    }

    [Test]
    public async Task Run_DatabaseFails_RefusalThatRestsOnNoWriteStays()
    {
        StoreUpdate before = Update("a", writes: false, () => _refusal), writing = Update("b"), after = Update("c", writes: false, () => _refusal);
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.Fail(_failure));

        await Run(before, writing, after);

        Errors(before, writing, after).Should().Equal(_refusal, _failure, _failure);
    }

    [Test]
    public async Task Run_DatabaseFailsInTwoAttempts_OnlyTheWritesOfTheLastCount()
    {
        int attempts = 0;
        StoreUpdate first = Update("a", writes: false, () =>
        {
            if (++attempts == 1)
                _connection.Write();
            return null;
        });
        StoreUpdate refused = Update("b", writes: false, () => _refusal);
        StoreUpdate failing = Update("c", fails: () => _databaseError);
        Recover(Recovery.RunAgain, Recovery.Fail(_failure));

        await Run(first, refused, failing);

        Errors(first, refused, failing).Should().Equal(_failure, _refusal, _failure);
    }

    [Test]
    public async Task Run_RecoveryFails_AllFail()
    {
        StoreUpdate update = Update("a");
        _connection.Fail("commit", _databaseError);
        _connection.Fail("recover", new InvalidOperationException("second"));

        await Run(update);

        update.Error.Should().BeOfType<StoreException>().Which.InnerException.Should().BeOfType<AggregateException>()
            .Which.InnerExceptions.Select(error => error.Message).Should().Equal(_databaseError.Message, "second");
    }

    [Test]
    public async Task RunInsideSavepoints_SavepointCannotBeUndone_OthersRunInNewTransactions()
    {
        UseSavepoints();
        StoreUpdate failing = Update("c", fails: () => _refusal);
        _connection.Fail("undo", _databaseError);

        await Run(Update("a"), Update("b"), failing, Update("d"));

        Steps.Should().Be(
            "begin prefetch a b c rollback begin savepoint a release savepoint b release savepoint c undo rollback begin prefetch a b commit begin savepoint d release commit");
        failing.Error.Should().BeSameAs(_refusal);
        _connection.Committed.Should().Equal("a", "b", "d");
    }

    [Test]
    public async Task RunInsideSavepoints_TheFirstCannotBeUndone_OthersRunInANewTransaction()
    {
        UseSavepoints();
        _connection.Fail("undo", _failure);

        await Run(Update("a", fails: () => _refusal), Update("b"));

        Steps.Should().Be("begin prefetch a rollback begin savepoint a undo rollback begin savepoint b release commit");
    }

    [Test]
    public async Task RunInsideSavepoints_TheLastCannotBeUndone_BeginsNoTransactionAfterIt()
    {
        UseSavepoints();
        _connection.Fail("undo", _failure);

        await Run(Update("a"), Update("b", fails: () => _refusal));

        Steps.Should().Be("begin prefetch a b rollback begin savepoint a release savepoint b undo rollback begin prefetch a commit");
    }

    [Test]
    public async Task RunInsideSavepoints_ErrorOfNoDatabaseWhileUndoing_GoesToTheRecovery()
    {
        UseSavepoints();
        StoreUpdate failing = Update("a", fails: () => _refusal), other = Update("b");
        var bug = new InvalidOperationException("bug");
        _connection.Fail("undo", bug);
        Recover(Recovery.Fail(_failure));

        await Run(failing, other);

        _connection.Failed.Should().Equal((bug, new FailedAttempt(1, 2, default, CanRunAgain: false)));
        Errors(failing, other).Should().Equal(_refusal, _failure);
    }

    [TestCase(1, true, 2)]
    [TestCase(2, true, 3)]
    [TestCase(3, false, 3)]
    public async Task RunInsideSavepoints_Conflicts_RunsUpToThreeTimes(int conflicts, bool succeeds, int expectedRuns)
    {
        _connection = new RecordingConnection(_telemetry) { UsesSavepoints = true, HasConflicts = true };
        int runs = 0;
        StoreUpdate update = Update("a", fails: () => runs++ <= conflicts ? _databaseError : null);
        Recover(Recovery.RunSeparately);

        await Run(update, Update("b"));

        // The first run was in the shared transaction.
        (runs - 1).Should().Be(expectedRuns);
        (update.Error is null).Should().Be(succeeds);
        if (!succeeds)
            update.Error.Should().BeOfType<StoreException>().Which.InnerException.Should().BeSameAs(_databaseError);
        _connection.Committed.Should().Equal(succeeds ? ["a", "b"] : ["b"]);
    }

    [Test]
    public async Task RunInsideSavepoints_SavepointDoesNotBegin_OnlyThisUpdateFails()
    {
        UseSavepoints();
        StoreUpdate first = Update("a", fails: () => _refusal), second = Update("b");
        _connection.Fail("savepoint", _databaseError);

        await Run(first, second);

        first.Error.Should().BeOfType<StoreException>();
        second.Error.Should().BeNull();
        Steps.Should().Be("begin prefetch a rollback begin savepoint undo savepoint b release commit");
    }

    [Test]
    public async Task RunInsideSavepoints_CommitFails_AllFailExceptThoseThatWereRefused()
    {
        UseSavepoints();
        StoreUpdate before = Update("a", writes: false, () => _refusal), failing = Update("b", fails: () => _refusal), other = Update("c");
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.Fail(_failure));

        await Run(before, failing, other);

        Errors(before, failing, other).Should().Equal(_refusal, _refusal, _failure);
        Sizes.Should().Equal(3);
    }

    [Test]
    public async Task RunInsideSavepoints_CommitFails_RefusalThatRestsOnWritesFailsWithIt()
    {
        UseSavepoints();
        StoreUpdate writing = Update("a"), refused = Update("b", fails: () => _refusal);
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.Fail(_failure));

        await Run(writing, refused);

        Errors(writing, refused).Should().Equal(_failure, _failure);
    }

    [Test]
    public async Task RunInsideSavepoints_CommitHasSucceededAlthoughItFailed_TheOthersSucceed()
    {
        UseSavepoints();
        StoreUpdate failing = Update("a", fails: () => _refusal), other = Update("b");
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.Committed);

        await Run(failing, other);

        Errors(failing, other).Should().Equal(_refusal, null);
        Sizes.Should().Equal(2);
    }

    [Test]
    public async Task RunInsideSavepoints_RecoveryWantsAnotherAttempt_AllFail()
    {
        UseSavepoints();
        StoreUpdate failing = Update("a", fails: () => _refusal), other = Update("b");
        _connection.Fail("commit", _databaseError);
        Recover(Recovery.RunAgain);

        await Run(failing, other);

        other.Error.Should().BeOfType<StoreException>().Which.InnerException.Should().BeSameAs(_databaseError);
    }

    private string Steps => string.Join(' ', _connection.Steps);

    private IEnumerable<int> Sizes => _sizes.GetMeasurementSnapshot().Select(size => size.Value);

    private void UseSavepoints() => _connection = new RecordingConnection(_telemetry) { UsesSavepoints = true };

    private void Recover(params ReadOnlySpan<Recovery> recoveries)
    {
        foreach (Recovery recovery in recoveries)
            _connection.Recoveries.Enqueue(recovery);
    }

    private UpdateCall<int, int> Update(string name, bool writes = true, Func<Exception?>? fails = null, bool isSlow = false, ResourceTable? table = null) =>
        _connection.NewUpdate(name, writes, fails, isSlow, table is null ? null : (plan, _) => plan.AddTables(table));

    private ValueTask<BatchResult> Run(params StoreUpdate[] updates) => Run(default(BatchOptions), updates);

    private ValueTask<BatchResult> Run(BatchOptions options, params StoreUpdate[] updates) => new BatchRunner(_connection, _connection.Context).Run(updates, options);

    private static IEnumerable<Exception?> Errors(params StoreUpdate[] updates) => updates.Select(update => update.Error);
}
