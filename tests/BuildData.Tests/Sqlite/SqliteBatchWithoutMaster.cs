using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Stores.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>
/// The part of the SQLite store that runs batches of updates, on a file with one build. There is no master and no queue around it,
/// because a test that lets the database fail needs the connection that writes, and a batch that it has chosen.
/// </summary>
internal sealed class SqliteBatchWithoutMaster : IDisposable
{
    private readonly TempFolder _folder;
    private readonly SqliteConnection _connection;
    private readonly SqliteWriteSession _session;
    private readonly Telemetry _telemetry = new(null, null, "master");
    private readonly EventHub _events;
    private readonly StoreContext _context;
    private readonly SqliteWriteConnection _writer;

    private SqliteBatchWithoutMaster(TempFolder folder)
    {
        _folder = folder;
        _connection = new SqliteConnection(folder.ConnectionString + ";Pooling=False");
        _connection.Open();
        _session = new SqliteWriteSession(_connection);
        _events = new EventHub(ResourceTypes.Catalog, _telemetry, 1000, readOnlyStore: null, new LastPublicEventCursorTracker(static (_, _) => default, static _ => { }));
        var options = new BuildDataOptions();
        _context = new StoreContext(options, _events, _telemetry, MasterTable.CreateHeartbeatUpdate);
        var log = new SqliteEventLog(_session, options);
        var state = new WriterProcessRecord(_session);
        long dataVersion = OpenFile(log, state);
        _writer = new SqliteWriteConnection(
            _session, new UpdateContext(_session, _context, masterId: 1), _context, log, state, new CommitTracker(), new SqliteFile(folder.ConnectionString, new SqliteOptions()), dataVersion);
    }

    public static async Task<SqliteBatchWithoutMaster> Create()
    {
        var folder = new TempFolder();
        await using (Master master = await Master.Open(folder.ConnectionString))
            await master.Data.Updates.Build();
        return new SqliteBatchWithoutMaster(folder);
    }

    public Subscription SubscribeToSteps() => _events.Subscribe("/steps/*");

    /// <summary>Ends the events, and returns the names of the steps that a subscription got.</summary>
    public async Task<string[]> EndAndGetNames(Subscription steps)
    {
        _events.Dispatcher.End();
        return [.. (await steps.Rest()).Select(e => ((Step)e.Resource).Name)];
    }

    /// <summary>Runs updates in one batch, and completes their tasks.</summary>
    public void RunInOneBatch(params StoreUpdate[] updates)
    {
        SynchronousTasks.GetResult(new BatchRunner(_writer, _context).Run(updates, default));
        foreach (StoreUpdate update in updates)
            update.Complete();
    }

    public HostTransactionRequest NewHostTransactionRequest() => new(_writer, _context);

    /// <summary>Undoes the whole transaction, as SQLite does by itself when a read meets an I/O error.</summary>
    public void UndoTransaction() => _session.Rollback();

    /// <summary>Limits the size of the file, as a full disk does.</summary>
    public void LimitPages(int pages) => _connection.Execute($"PRAGMA max_page_count = {pages}");

    public IEnumerable<string> StoredNames() => _connection.Query<string>("SELECT name FROM steps ORDER BY id");

    public void Dispose()
    {
        _session.Dispose();
        _telemetry.Dispose();
        _folder.Dispose();
    }

    private long OpenFile(SqliteEventLog log, WriterProcessRecord state)
    {
        _session.Begin();
        log.InitializeLastSequence(wasFileClosed: state.MarkOpenedAndCheckWasClosed());
        long dataVersion = _session.ReadDataVersion();
        _session.Commit();
        return dataVersion;
    }
}
