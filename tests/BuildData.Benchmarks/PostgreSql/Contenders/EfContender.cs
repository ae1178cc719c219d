using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// EF Core with pooled contexts and compiled queries: an update loads the row, because its event tells it in full, changes it, and
/// saves both in one transaction.
/// </summary>
internal sealed class EfContender : IContender
{
    private static readonly Func<EfPostgreSqlModel, long, Task<EfStep?>> Step =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, long id) => model.Steps.FirstOrDefault(step => step.Id == id));

    private static readonly Func<EfPostgreSqlModel, long, Task<EfBuild?>> Build =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, long id) => model.Builds.FirstOrDefault(build => build.Id == id));

    private static readonly Func<EfPostgreSqlModel, long, Task<EfBuildRequest?>> Request =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, long id) => model.BuildRequests.FirstOrDefault(request => request.Id == id));

    private static readonly Func<EfPostgreSqlModel, long, Task<EfBuildset?>> BuildsetOfRequest =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, long id) =>
            model.Buildsets.Include(buildset => buildset.Requests).FirstOrDefault(buildset => buildset.Requests.Any(request => request.Id == id)));

    private static readonly Func<EfPostgreSqlModel, string, Task<long?>> SourceStamp =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, string hash) =>
            model.SourceStamps.Where(stamp => stamp.KeyHash == hash).Select(stamp => (long?)stamp.Id).FirstOrDefault());

    private static readonly Func<EfPostgreSqlModel, long, Task<long?>> LatestBuild =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, long builderId) =>
            model.Builds.Where(build => build.BuilderId == builderId).Max(build => (long?)build.Number));

    private static readonly Func<EfPostgreSqlModel, long, Task<long?>> LatestStep =
        EF.CompileAsyncQuery((EfPostgreSqlModel model, long buildId) =>
            model.Steps.Where(step => step.BuildId == buildId).Max(step => (long?)step.Number));

    private readonly NpgsqlDataSource _dataSource;
    private readonly KnownRows _rows;
    private readonly PooledDbContextFactory<EfPostgreSqlModel> _contexts;

    public EfContender(NpgsqlDataSource dataSource, KnownRows rows)
    {
        _dataSource = dataSource;
        _rows = rows;
        _contexts = new(new DbContextOptionsBuilder<EfPostgreSqlModel>().UseNpgsql(dataSource).EnableThreadSafetyChecks(false).Options);
    }

    public async Task<StepKey> NewStep(long buildId, string name)
    {
        // Two that add a step to one build at the same time are rare; the unique index makes the second one fail.
        await using EfPostgreSqlModel model = await _contexts.CreateDbContextAsync();
        var step = new EfStep { BuildId = buildId, Number = (await LatestStep(model, buildId) ?? -1) + 1, Name = name, StateString = "pending" };
        await model.AddAsync(step);
        await model.Announce("step", "new", step.Id, step, EfEventJson.Default.EfStep);
        await model.SaveChangesAsync();
        return new StepKey(buildId, step.Id);
    }

    public Task StartStep(StepKey step) => Change(step, "started", row => row.StartedAt = Outbox.Now);

    public Task SetStepStateString(StepKey step, string stateString) => Change(step, "updated", row => row.StateString = stateString);

    public Task AddStepUrl(StepKey step, string name, string url) => Change(Step, step.StepId, "step", "updated", EfEventJson.Default.EfStep, row =>
    {
        var added = new StepUrl(name, url);
        List<StepUrl> urls = row.Urls is null ? [] : JsonSerializer.Deserialize<List<StepUrl>>(row.Urls)!;
        if (urls.Contains(added))
            return false;
        row.Urls = JsonSerializer.Serialize<List<StepUrl>>([.. urls, added]);
        return true;
    });

    public Task FinishStep(StepKey step, BuildResult results) => Change(step, "finished", row =>
        (row.Complete, row.CompleteAt, row.Results, row.Hidden) = (1, Outbox.Now, (long)results, 0));

    public async Task<long> AddBuildset(long builderId, string owner)
    {
        await using EfPostgreSqlModel model = await _contexts.CreateDbContextAsync();
        long now = Outbox.Now;
        var buildset = new EfBuildset { Scheduler = "nightly", Reason = "race", SubmittedAt = now };
        buildset.Properties.Add(new() { Name = "owner", Value = JsonSerializer.Serialize(owner), Source = "Scheduler" });
        buildset.SourceStamps.Add(new() { SourcestampId = await FindSourceStamp(model) });
        var request = new EfBuildRequest { BuilderId = builderId, SubmittedAt = now };
        buildset.Requests.Add(request);
        await model.AddAsync(buildset);
        await model.Announce("buildrequest", "new", request.Id, request, EfEventJson.Default.EfBuildRequest);
        await model.Announce("buildset", "new", buildset.Id, buildset, EfEventJson.Default.EfBuildset);
        await model.SaveChangesAsync();
        return request.Id;
    }

    public Task<bool> ClaimBuildRequest(long requestId) => Change(Request, requestId, "buildrequest", "claimed", EfEventJson.Default.EfBuildRequest, request =>
    {
        if (request.ClaimedBy is not null || request.Complete != 0)
            return false;
        (request.ClaimedAt, request.ClaimedBy) = (Outbox.Now, _rows.MasterId);
        return true;
    });

    public async Task<long> AddBuild(long builderId, long requestId)
    {
        // Many add builds to one builder at the same time, so they wait for each other at its row.
        await using EfPostgreSqlModel model = await _contexts.CreateDbContextAsync();
        await using IDbContextTransaction transaction = await model.Database.BeginTransactionAsync();
        await model.Database.ExecuteSqlAsync($"SELECT FROM builders WHERE id = {builderId} FOR NO KEY UPDATE");
        var build = new EfBuild
        {
            Number = (await LatestBuild(model, builderId) ?? 0) + 1,
            BuilderId = builderId,
            BuildRequestId = requestId,
            WorkerId = _rows.WorkerId,
            MasterId = _rows.MasterId,
            StartedAt = Outbox.Now,
            StateString = "created",
        };
        await model.AddAsync(build);
        await model.Announce("build", "new", build.Id, build, EfEventJson.Default.EfBuild);
        await model.SaveChangesAsync();
        await transaction.CommitAsync();
        return build.Id;
    }

    public Task FinishBuild(long buildId, BuildResult results) => Change(Build, buildId, "build", "finished", EfEventJson.Default.EfBuild, build =>
    {
        (build.Complete, build.CompleteAt, build.Results) = (1, Outbox.Now, (long)results);
        return true;
    });

    public async Task<bool> CompleteBuildRequest(long requestId, BuildResult results)
    {
        // Whoever has the buildset locked decides whether it is complete.
        await using EfPostgreSqlModel model = await _contexts.CreateDbContextAsync();
        await using IDbContextTransaction transaction = await model.Database.BeginTransactionAsync();
        await model.Database.ExecuteSqlAsync(
            $"SELECT FROM buildsets WHERE id = (SELECT buildset_id FROM buildrequests WHERE id = {requestId}) FOR NO KEY UPDATE");
        EfBuildset buildset = await BuildsetOfRequest(model, requestId) ?? throw NotFound();
        EfBuildRequest request = buildset.Requests.First(request => request.Id == requestId);
        if (request.Complete != 0)
            return false;

        long now = Outbox.Now;
        (request.Complete, request.CompleteAt, request.Results) = (1, now, (long)results);
        await model.Announce("buildrequest", "complete", requestId, request, EfEventJson.Default.EfBuildRequest);
        if (buildset.Requests.All(other => other.Complete != 0))
        {
            // Skipped is no worse than Success; the others are in order.
            long worst = buildset.Requests.Max(other => other.Results == (long)BuildResult.Skipped ? 0 : other.Results!.Value);
            (buildset.Complete, buildset.CompleteAt, buildset.Results) = (1, now, worst);
            await model.Announce("buildset", "complete", buildset.Id, buildset, EfEventJson.Default.EfBuildset);
        }

        await model.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    public void CloseIdleConnections() => _dataSource.Clear();

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private static InvalidOperationException NotFound() => new("There is no such resource.");

    private static async Task<long> FindSourceStamp(EfPostgreSqlModel model)
    {
        string hash = SharedSourceStamp.Hash();
        if (await SourceStamp(model, hash) is { } known)
            return known;

        SourceStampKey key = SharedSourceStamp.Key;
        await model.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sourcestamps (branch, revision, repository, project, codebase, created_at, key_hash)
            VALUES ({key.Branch}, {key.Revision}, {key.Repository}, {key.Project}, {key.Codebase}, {Outbox.Now}, {hash})
            ON CONFLICT (key_hash) DO NOTHING
            """);
        return await SourceStamp(model, hash) ?? throw NotFound();
    }

    private Task<bool> Change(StepKey key, string name, Action<EfStep> change) =>
        Change(Step, key.StepId, "step", name, EfEventJson.Default.EfStep, step =>
        {
            change(step);
            return true;
        });

    /// <summary>Loads a row, changes it and saves it with its event, unless the change is refused.</summary>
    private async Task<bool> Change<T>(
        Func<EfPostgreSqlModel, long, Task<T?>> find, long id, string kind, string name, JsonTypeInfo<T> type, Func<T, bool> change)
        where T : class
    {
        await using EfPostgreSqlModel model = await _contexts.CreateDbContextAsync();
        T row = await find(model, id) ?? throw NotFound();
        if (!change(row))
            return false;
        await model.Announce(kind, name, id, row, type);
        await model.SaveChangesAsync();
        return true;
    }
}
