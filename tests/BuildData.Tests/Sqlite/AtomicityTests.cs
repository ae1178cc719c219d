using BuildData.Resources.Steps;
using BuildData.Stores;
using BuildData.Stores.Sqlite;
using BuildData.Updating;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>A batch of updates in which the database fails: only what has failed is undone.</summary>
internal sealed class AtomicityTests
{
    private const long BuildId = 1;

    private SqliteBatchWithoutMaster _store = null!;

    [SetUp]
    public async Task CreateStore() => _store = await SqliteBatchWithoutMaster.Create();

    [TearDown]
    public void DisposeStore() => _store.Dispose();

    [Test]
    public async Task Run_UpdateFailsAfterWriting_OnlyThisUpdateIsUndone()
    {
        Subscription events = _store.SubscribeToSteps();
        UpdateCall<int, Step> before = AddStep("before");
        UpdateCall<int, Step> failing = NewUpdate(async context =>
        {
            Step step = await Insert(context, new Step { BuildId = BuildId, Number = 50, Name = "undone", StateString = "x" });
            return await Insert(context, step with { Name = "same number" });
        });
        UpdateCall<int, Step> after = AddStep("after");

        _store.RunInOneBatch(before, failing, after);

        await FluentActions.Awaiting(() => failing.Task).Should().ThrowAsync<StoreException>().WithInnerException(typeof(SqliteException));
        (await before.Task).Number.Should().Be(0);
        (await after.Task).Number.Should().Be(1);
        _store.StoredNames().Should().Equal("before", "after");
        (await _store.EndAndGetNames(events)).Should().Equal("before", "after");
    }

    [Test]
    public async Task Run_DiskIsFull_FailsTheUpdateAndTheNextSucceeds()
    {
        Subscription events = _store.SubscribeToSteps();
        UpdateCall<int, Step>[] updates = [.. Enumerable.Range(0, 200).Select(i => AddStep($"s{i}", new string('x', 2000)))];
        _store.LimitPages(1);

        _store.RunInOneBatch(updates);

        updates.Where(update => update.Error is not null).Should().NotBeEmpty().And.OnlyContain(update => update.Error is StoreException);
        string[] stored = [.. updates.Where(update => update.Error is null).Select(update => update.Task.Result.Name)];
        _store.StoredNames().Should().Equal(stored);
        _store.LimitPages(1_000_000);
        UpdateCall<int, Step> next = AddStep("next");
        _store.RunInOneBatch(next);
        (await next.Task).Number.Should().Be(stored.Length);
        (await _store.EndAndGetNames(events)).Should().Equal([.. stored, "next"]);
    }

    [Test]
    public async Task Run_CommitFails_FailsEveryUpdateAndAnnouncesNothing()
    {
        Subscription events = _store.SubscribeToSteps();
        UpdateCall<int, Step> orphan = NewUpdate(async context =>
        {
            // The missing build is noticed at the commit.
            await context.Session.Execute("PRAGMA defer_foreign_keys = ON");
            return await Insert(context, new Step { BuildId = 999, Name = "orphan", StateString = "x" });
        });
        UpdateCall<int, Step> other = AddStep("other");

        _store.RunInOneBatch(orphan, other);

        await FluentActions.Awaiting(() => orphan.Task).Should().ThrowAsync<StoreException>();
        await FluentActions.Awaiting(() => other.Task).Should().ThrowAsync<StoreException>();
        _store.StoredNames().Should().BeEmpty();
        (await _store.EndAndGetNames(events)).Should().BeEmpty();
    }

    [Test]
    public async Task Run_AnUpdateEndsTheTransaction_OnlyThisUpdateFails()
    {
        UpdateCall<int, Step> before = AddStep("before");
        UpdateCall<int, Step> failing = LoseTransaction();
        UpdateCall<int, Step> after = AddStep("after");

        _store.RunInOneBatch(before, failing, after);

        await FluentActions.Awaiting(() => failing.Task).Should().ThrowAsync<StoreException>();
        (await before.Task).Number.Should().Be(0);
        (await after.Task).Number.Should().Be(1);
        _store.StoredNames().Should().Equal("before", "after");
    }

    [Test]
    public async Task Transaction_DatabaseRollsItBack_LaterCallsFailAndNothingIsStored()
    {
        Subscription events = _store.SubscribeToSteps();
        using HostTransactionRequest request = _store.NewHostTransactionRequest();
        Task serving = Task.Run(request.Run);
        IStoreTransaction transaction = await request.Completion;

        await transaction.Run(AddStep("before"));
        await FluentActions.Awaiting(() => transaction.Run(LoseTransaction())).Should().ThrowAsync<StoreException>();
        await FluentActions.Awaiting(() => transaction.Run(AddStep("after"))).Should().ThrowAsync<StoreException>("it would stand alone");
        await FluentActions.Awaiting(transaction.Commit).Should().ThrowAsync<StoreException>().WithMessage("*was rolled back before*");
        await transaction.DisposeAsync();
        await serving;

        _store.StoredNames().Should().BeEmpty();
        UpdateCall<int, Step> next = AddStep("next");
        _store.RunInOneBatch(next);
        (await next.Task).Number.Should().Be(0);
        (await _store.EndAndGetNames(events)).Should().Equal("next");
    }

    private static UpdateCall<int, Step> AddStep(string name, string state = "pending") => NewUpdate(async context =>
    {
        StepNameCache names = (await StepTable.GetBuildWithNames(context, BuildId)).StepNames!;
        Step step = await Insert(context, new Step { BuildId = BuildId, Number = names.Count, Name = name, StateString = state });
        names.Add(name);
        return step;
    });

    private static async ValueTask<Step> Insert(UpdateContext context, Step step)
    {
        long stepId = await context.Session.Insert(
            "steps",
            "INSERT INTO steps (id, build_id, builder_id, number, name, complete, state_string, hidden) VALUES ($1, $2, 1, $3, $4, 0, $5, 0)",
            step.BuildId, step.Number, step.Name, step.StateString);
        step = step with { StepId = stepId };
        StepTable.CacheAndAnnounce(context, step, "new");
        return step;
    }

    /// <summary>An update during which the database undoes the whole transaction.</summary>
    private UpdateCall<int, Step> LoseTransaction() => NewUpdate(_ =>
    {
        _store.UndoTransaction();
        throw new SqliteException("disk I/O error", 10);
    });

    private static UpdateCall<int, Step> NewUpdate(Func<UpdateContext, ValueTask<Step>> body)
    {
        var update = new UpdateCall<int, Step>((context, _) => body(context), 0, null);
        update.TryTake();
        return update;
    }
}
