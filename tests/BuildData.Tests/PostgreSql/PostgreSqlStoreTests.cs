using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.PostgreSql;
using BuildData.PostgreSql.Connections;
using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using Npgsql;

namespace BuildData.Tests;

/// <summary>What is asked of a store that was closed after its caller found it open.</summary>
internal sealed class PostgreSqlStoreTests
{
    private PostgreSqlTestStore _database = null!;
    private Telemetry _telemetry = null!;
    private PostgreSqlStore _store = null!;

    [SetUp]
    public async Task OpenAndClose()
    {
        _database = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        _telemetry = new Telemetry(null, null, "master");
        var context = new StoreContext(new BuildDataOptions(), new EventHub(ResourceTypes.Catalog, _telemetry, 1000, readOnlyStore: null, new LastPublicEventCursorTracker(static (_, _) => default, static _ => { })), _telemetry, MasterTable.CreateHeartbeatUpdate);
        _store = new PostgreSqlStore(new PostgreSqlDatabase(NpgsqlDataSource.Create(_database.ConnectionString), ownsDataSource: true), context);
        await _store.Open(CancellationToken.None);
        await _store.DisposeAsync();
    }

    [TearDown]
    public async Task RemoveDatabase()
    {
        // There is none if the test was skipped because there is no server.
        if (_database is null)
            return;
        _telemetry.Dispose();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Write_AfterDispose_FailsTheUpdate()
    {
        (StoreUpdate update, Task done) = MasterTable.CreateHeartbeatUpdate(true);

        _store.Write(update, CancellationToken.None);

        await FluentActions.Awaiting(() => done).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task BeginTransaction_AfterDispose_Fails() =>
        await _store.Awaiting(store => store.BeginTransaction(CancellationToken.None)).Should().ThrowAsync<ObjectDisposedException>();
}
