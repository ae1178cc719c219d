using System.Globalization;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// Marten: a stream of events for each build, with its steps, and one for each buildset, with its build request; inline projections
/// keep a document of each. An update fetches the document, appends an event and saves both, unless somebody else was first.
/// </summary>
internal sealed class MartenContender : IContender
{
    /// <summary>Numbers of builds are consecutive in a builder, which a stream for each build can't tell.</summary>
    private const string Numbers = "CREATE TABLE builder_numbers (builder_id BIGINT PRIMARY KEY, latest BIGINT NOT NULL);";

    private readonly RacerStart _start;
    private readonly NpgsqlDataSource _dataSource;
    private readonly DocumentStore _store;
    private long _ids;

    public MartenContender(RacerStart start, NpgsqlDataSource dataSource)
    {
        _start = start;
        _dataSource = dataSource;
        _store = Store(dataSource);
    }

    /// <summary>Makes its tables. In p1 and p3 the stream of a build begins with its first step.</summary>
    public static async Task<KnownRows> SetUp(PostgreSqlDatabase database)
    {
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(database.ConnectionString);
        await using DocumentStore store = Store(dataSource);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
        await using NpgsqlCommand command = dataSource.CreateCommand(Numbers + "INSERT INTO builder_numbers SELECT i, 0 FROM generate_series(1, 4) AS i");
        await command.ExecuteNonQueryAsync();
        return new KnownRows([1, 2, 3, 4], WorkerId: 1, MasterId: 1, Builds: long.MaxValue);
    }

    public async Task<StepKey> NewStep(long buildId, string name)
    {
        await using IDocumentSession session = _store.LightweightSession();
        IEventStream<MartenBuild> build = await session.Events.FetchForWriting<MartenBuild>(Build(buildId));
        long number = build.Aggregate?.Steps.Count ?? 0;
        build.AppendOne(new StepAdded(number, name));
        await session.SaveChangesAsync();
        return new StepKey(buildId, number);
    }

    public Task StartStep(StepKey step) => Append(step.BuildId, new StepStarted(step.StepId, Outbox.Now));

    public Task SetStepStateString(StepKey step, string stateString) => Append(step.BuildId, new StepStateStringSet(step.StepId, stateString));

    public Task AddStepUrl(StepKey step, string name, string url) => Append(
        step.BuildId,
        new StepUrlAdded(step.StepId, name, url),
        build => !build.Steps[(int)step.StepId].Urls.Contains(new StepUrl(name, url)));

    public Task FinishStep(StepKey step, BuildResult results) => Append(step.BuildId, new StepFinished(step.StepId, results, Outbox.Now));

    public async Task<long> AddBuildset(long builderId, string owner)
    {
        await using IDocumentSession session = _store.LightweightSession();
        string hash = SharedSourceStamp.Hash();
        SourceStampKey key = SharedSourceStamp.Key;
        if (await session.LoadAsync<MartenSourceStamp>(hash) is null)
            session.Store(new MartenSourceStamp(hash, key.Repository, key.Branch, key.Revision, key.Project, key.Codebase, Outbox.Now));

        long id = NextId();
        session.Events.StartStream<MartenBuildset>(Buildset(id), new BuildsetAdded("nightly", "race", builderId, hash, owner, Outbox.Now));
        await session.SaveChangesAsync();
        return id;
    }

    public async Task<bool> ClaimBuildRequest(long requestId)
    {
        await using IDocumentSession session = _store.LightweightSession();
        IEventStream<MartenBuildset> buildset = await session.Events.FetchForWriting<MartenBuildset>(Buildset(requestId));
        if (buildset.Aggregate is not { Claimed: null, RequestCompleted: null })
            return false;
        buildset.AppendOne(new RequestClaimed(_start.Rows.MasterId, Outbox.Now));
        await session.SaveChangesAsync();
        return true;
    }

    public async Task<long> AddBuild(long builderId, long requestId)
    {
        await using IDocumentSession session = _store.LightweightSession();
        await session.BeginTransactionAsync(CancellationToken.None);
        IReadOnlyList<long> number = await session.AdvancedSql.QueryAsync<long>(
            "UPDATE builder_numbers SET latest = latest + 1 WHERE builder_id = ? RETURNING latest", CancellationToken.None, builderId);
        long id = NextId();
        session.Events.StartStream<MartenBuild>(
            Build(id), new BuildAdded(builderId, number[0], requestId, _start.Rows.WorkerId, _start.Rows.MasterId, Outbox.Now));
        await session.SaveChangesAsync();
        return id;
    }

    public Task FinishBuild(long buildId, BuildResult results) => Append(buildId, new BuildFinished(results, Outbox.Now));

    public async Task<bool> CompleteBuildRequest(long requestId, BuildResult results)
    {
        await using IDocumentSession session = _store.LightweightSession();
        IEventStream<MartenBuildset> buildset = await session.Events.FetchForWriting<MartenBuildset>(Buildset(requestId));
        if (buildset.Aggregate is not { RequestCompleted: null })
            return false;
        long now = Outbox.Now;
        buildset.AppendMany(new RequestCompleted(results, now), new BuildsetCompleted(results, now));
        await session.SaveChangesAsync();
        return true;
    }

    public void CloseIdleConnections() => _dataSource.Clear();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _dataSource.DisposeAsync();
    }

    private static DocumentStore Store(NpgsqlDataSource dataSource) => DocumentStore.For(options =>
    {
        options.Connection(dataSource);
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.DisableNpgsqlLogging = true;
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.AppendMode = EventAppendMode.Quick;
        options.Events.UseIdentityMapForAggregates = true;
        options.Projections.Add<MartenBuildProjection>(ProjectionLifecycle.Inline);
        options.Projections.Add<MartenBuildsetProjection>(ProjectionLifecycle.Inline);
        options.Schema.For<MartenSourceStamp>();
    });

    private static string Build(long id) => string.Create(CultureInfo.InvariantCulture, $"build/{id}");

    private static string Buildset(long id) => string.Create(CultureInfo.InvariantCulture, $"buildset/{id}");

    private long NextId() => (Interlocked.Increment(ref _ids) * _start.Processes) + _start.Index;

    private async Task Append(long buildId, object data, Func<MartenBuild, bool>? isNews = null)
    {
        await using IDocumentSession session = _store.LightweightSession();
        IEventStream<MartenBuild> build = await session.Events.FetchForWriting<MartenBuild>(Build(buildId));
        if (build.Aggregate is null)
            throw new InvalidOperationException("There is no such build.");
        if (isNews is not null && !isNews(build.Aggregate))
            return;
        build.AppendOne(data);
        await session.SaveChangesAsync();
    }
}
