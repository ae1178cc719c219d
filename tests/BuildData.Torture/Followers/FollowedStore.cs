using System.Diagnostics;
using BuildData.Torture.Followers.Streams;
using BuildData.Torture.Kill;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>The store of a round: a SQLite file, or a PostgreSQL server with several masters.</summary>
internal sealed class FollowedStore : IAsyncDisposable
{
    private const int MastersOfServer = 3;
    private const int MostLinesBeforeKill = 300;

    private static readonly TimeSpan EventsKept = TimeSpan.FromHours(1);

    private readonly FollowersPart _part;
    private readonly TempFolder _folder = new();
    private readonly PostgreSqlServer? _server;
    private readonly ShiftedTime _clock = new();
    private TimeSpan _shift;
    private FollowersHost? _host;
    private List<Master> _masters = [];

    private FollowedStore(FollowersPart part, PostgreSqlServer? server) => (_part, _server) = (part, server);

    /// <summary>Gets what reads the events.</summary>
    public EventRecords Records { get; private set; } = null!;

    /// <summary>Creates an empty store.</summary>
    public static async Task<FollowedStore> Create(FollowersPart part)
    {
        var store = new FollowedStore(part, part.IsServer ? await PostgreSqlServer.Start(durable: false) : null);
        try
        {
            // The tables must be there before their events can be recorded.
            await using (await Master.Open(options => store.Configure(options, 1_000, "m0")))
            {
            }

            store.Records = store._server is { } server ? EventRecords.OfServer(server.ConnectionString()) : await EventRecords.OfFile(store._folder.Database);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens it.</summary>
    /// <param name="buffer">How many events wait for each subscription.</param>
    public async Task<Sitting> Open(int buffer)
    {
        if (_part.IsWeb)
        {
            _host = await FollowersHost.Start(options => Configure(options, buffer, "m0"));
            _masters = [_host.Master];
        }
        else
        {
            _masters = [];
            for (int i = 0; i < (_server is null ? 1 : MastersOfServer); i++)
                _masters.Add(await Master.Open(options => Configure(options, buffer, $"m{i}")));
        }

        return new Sitting([.. _masters], Records, _host?.Address);
    }

    /// <summary>Lets all events expire that were written until now. They are removed as others are written.</summary>
    public void ExpireEvents() => _clock.Shift(_shift += 2 * EventsKept);

    /// <summary>Disposes what <see cref="Open"/> has opened.</summary>
    public async Task Close()
    {
        if (_host is { } host)
        {
            await host.Stop();
            _host = null;
        }
        else
        {
            foreach (Master master in _masters)
                await master.DisposeAsync();
        }

        _masters = [];
    }

    /// <summary>Lets another process write to the file, and kills it.</summary>
    public async Task WriteAndKill(string prefix, Random random)
    {
        using var process = new Process { StartInfo = WriterProcess.CreateStart("--sqlite", _folder.Database, prefix, random.Next(), "--projects", "2", "--callers", "2") };
        process.Start();
        int lines = 0;
        for (int last = random.Next(1, MostLinesBeforeKill); lines < last && await process.StandardOutput.ReadLineAsync() is not null; lines++)
        {
        }

        process.Kill();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (lines == 0 || errors.Length > 0)
            throw new ViolationException($"The process failed before it was killed: {errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        foreach (Master master in _masters)
            await master.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private void Configure(BuildDataOptions options, int buffer, string name)
    {
        if (_server is not null)
            options.UsePostgreSql(_server.ConnectionString());
        else
            options.UseSqlite(_folder.ConnectionString, sqlite => sqlite.LogSizeLimit = 1024 * 1024);
        options.KeepEvents(_part.Expires ? EventsKept : TimeSpan.FromDays(1));
        if (_part.RemovesLines)
            options.KeepLogs(TimeSpan.FromMilliseconds(200));
        options.MasterName = name;
        options.MaxResults = int.MaxValue;
        options.SubscriberBuffer = buffer;
        options.TimeProvider = _clock;
    }
}
