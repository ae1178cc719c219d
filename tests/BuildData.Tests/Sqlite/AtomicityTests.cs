using BuildData.Events;
using BuildData.Stores;
using BuildData.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>What a batch of updates does when the database fails in the middle of one: a real file, really full.</summary>
internal sealed class AtomicityTests
{
    private TempFolder _folder = null!;
    private SqliteWriteSession _session = null!;
    private SqliteBatch _batch = null!;
    private EventHub _events = null!;
    private Telemetry _telemetry = null!;
    private StoreContext _context = null!;
    private SqliteConnection _connection = null!;

    [SetUp]
    public async Task OpenWriter()
    {
        _folder = new TempFolder();
        await using (Master master = await Master.Open(_folder.ConnectionString))
            await master.Data.Updates.Build();

        _connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        _connection.Open();
        _session = new SqliteWriteSession(_connection);
        _telemetry = new Telemetry(null, null);
        _events = new EventHub(Catalog.Resources, _telemetry, 1000, readOnlyStore: null, new LastPublicEvent(static (_, _) => default, static _ => { }));
        var options = new BuildDataOptions();
        var log = new SqliteEventWriter(_session, options);
        var state = new SqliteFileState(_session);
        _session.Begin();
        log.Open(wasClosed: state.Enter());
        long dataVersion = _session.DataVersion();
        _session.Commit();
        _context = new StoreContext(options, _events, _telemetry, MasterTable.HeartbeatUpdate);
        _batch = new SqliteBatch(
            _session, new UpdateContext(_session, _context, masterId: 1), _context, log, state, new CommitState(), _folder.Database, dataVersion);
    }

    [TearDown]
    public void CloseWriter()
    {
        _session.Dispose();
        _telemetry.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Run_UpdateFailsAfterWriting_IsUndoneAloneAndTheOthersStand()
    {
        Subscription events = _events.Subscribe("/steps/*");
        UpdateCall<int, Step> before = AddStep("before");
        UpdateCall<int, Step> failing = Item(async context =>
        {
            Step step = await StepTable.Insert(context, new Step { BuildId = 1, Number = 50, Name = "undone", StateString = "x" }, 1);
            await StepTable.Insert(context, step with { Name = "twice" }, 1);
            return step;
        });
        UpdateCall<int, Step> after = AddStep("after");

        Run(before, failing, after);

        await FluentActions.Awaiting(() => failing.Task).Should().ThrowAsync<StoreException>().WithInnerException(typeof(SqliteException));
        Step[] made = [await before.Task, await after.Task];
        made.Select(step => step.Number).Should().Equal(0, 1);
        Names().Should().Equal("before", "after");
        _events.End();
        (await events.Rest()).Select(e => ((Step)e.Resource).Name).Should().Equal("before", "after");
    }

    [Test]
    public async Task Run_DiskIsFull_FailsWhatHasNoRoomAndTheNextWorks()
    {
        Subscription events = _events.Subscribe("/steps/*");
        Pragma("PRAGMA max_page_count = 1");
        UpdateCall<int, Step>[] items = [.. Enumerable.Range(0, 200).Select(i => AddStep($"s{i}", new string('x', 2000)))];

        Run(items);

        items.Where(item => item.Error is not null).Should().NotBeEmpty().And.OnlyContain(item => item.Error is StoreException);
        string[] made = [.. items.Where(item => item.Error is null).Select(item => item.Task.Result.Name)];
        Names().Should().Equal(made);
        Pragma("PRAGMA max_page_count = 1000000");
        UpdateCall<int, Step> next = AddStep("next");
        Run(next);
        (await next.Task).Number.Should().Be(made.Length);
        _events.End();
        (await events.Rest()).Select(e => ((Step)e.Resource).Name).Should().Equal([.. made, "next"]);
    }

    [Test]
    public async Task Run_CommitFails_FailsEveryUpdateAndAnnouncesNothing()
    {
        Subscription events = _events.Subscribe("/steps/*");
        Pragma("PRAGMA defer_foreign_keys = ON");
        UpdateCall<int, Step> orphan = Item(async context =>
        {
            await context.Session.Execute("PRAGMA defer_foreign_keys = ON");
            return await StepTable.Insert(context, new Step { BuildId = 999, Name = "orphan", StateString = "x" }, 1);
        });
        UpdateCall<int, Step> other = AddStep("other");

        Run(orphan, other);

        await FluentActions.Awaiting(() => orphan.Task).Should().ThrowAsync<StoreException>();
        await FluentActions.Awaiting(() => other.Task).Should().ThrowAsync<StoreException>();
        Names().Should().BeEmpty();
        _events.End();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task Run_AnUpdateTakesTheTransactionWithIt_FailsAloneAndTheOthersStand()
    {
        UpdateCall<int, Step> before = AddStep("before");
        UpdateCall<int, Step> failing = Item(context =>
        {
            // As SQLite does on its own account when a read meets an I/O error.
            _session.Rollback();
            throw new SqliteException("disk I/O error", 10);
        });
        UpdateCall<int, Step> after = AddStep("after");

        Run(before, failing, after);

        await FluentActions.Awaiting(() => failing.Task).Should().ThrowAsync<StoreException>();
        Step[] made = [await before.Task, await after.Task];
        made.Select(step => step.Number).Should().Equal(0, 1);
        Names().Should().Equal("before", "after");
    }

    [Test]
    public async Task Transaction_TheDatabaseUndoesIt_FailsToTheEndAndLeavesNothingBehind()
    {
        Subscription events = _events.Subscribe("/steps/*");
        var transaction = new SqliteHostTransaction(_batch, _context);
        Task serving = Task.Run(transaction.Serve);
        await transaction.Begun;
        UpdateCall<int, Step> failing = Item(_ =>
        {
            _session.Rollback();
            throw new SqliteException("disk I/O error", 10);
        });

        await transaction.Run(AddStep("before"));
        await FluentActions.Awaiting(() => transaction.Run(failing)).Should().ThrowAsync<StoreException>();
        await FluentActions.Awaiting(() => transaction.Run(AddStep("after"))).Should().ThrowAsync<StoreException>("it would stand alone");
        await FluentActions.Awaiting(transaction.Commit).Should().ThrowAsync<StoreException>().WithMessage("*was undone before*");
        await transaction.DisposeAsync();
        await serving;

        Names().Should().BeEmpty();
        UpdateCall<int, Step> next = AddStep("next");
        Run(next);
        (await next.Task).Number.Should().Be(0);
        _events.End();
        (await events.Rest()).Select(e => ((Step)e.Resource).Name).Should().Equal("next");
    }

    private static UpdateCall<int, Step> AddStep(string name, string state = "pending") => Item(async context =>
    {
        StepNames names = await StepTable.Names(context, 1);
        Step step = await StepTable.Insert(context, new Step { BuildId = 1, Number = names.Count, Name = name, StateString = state }, 1);
        names.Add(name);
        return step;
    });

    private static UpdateCall<int, Step> Item(Func<UpdateContext, ValueTask<Step>> body)
    {
        var item = new UpdateCall<int, Step>((context, _) => body(context), 0, null);
        item.TryTake();
        return item;
    }

    private void Run(params StoreUpdate[] items)
    {
        _batch.Run(items);
        foreach (StoreUpdate item in items)
            item.Complete();
    }

    private List<string> Names()
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "SELECT name FROM steps ORDER BY id";
        using SqliteDataReader reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names;
    }

    private void Pragma(string pragma)
    {
        using SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // A constant of this test.
        command.CommandText = pragma;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
