using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BuildData.Benchmarks;

/// <summary>The step life cycle with EF Core: compiled queries, no tracking, single-statement updates; one connection, taken in turns.</summary>
internal sealed class EfSteps : IAsyncDisposable
{
    private static readonly Func<EfModel, long, long> Count =
        EF.CompileQuery((EfModel model, long buildId) => model.Steps.LongCount(step => step.BuildId == buildId));

    private static readonly Func<EfModel, long, string?> Urls =
        EF.CompileQuery((EfModel model, long id) => model.Steps.Where(step => step.Id == id).Select(step => step.Urls).FirstOrDefault());

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteConnection _connection;
    private readonly EfModel _model;

    public EfSteps(SqliteConnection connection)
    {
        _connection = connection;
        _model = new EfModel(new DbContextOptionsBuilder<EfModel>().UseSqlite(connection).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
    }

    public async Task<long> Run(Func<long> nextBuild, Func<bool> goOn)
    {
        long updates = 0;
        long buildId = 0;
        while (goOn())
        {
            if (updates % (5 * Database.StepsPerBuild) == 0)
                buildId = nextBuild();

            long id = await InTurn(() =>
            {
                long number = Count(_model, buildId);
                var added = new EfStep { BuildId = buildId, Number = number, Name = $"s{number}", StateString = "pending" };
                _model.Steps.Add(added);
                _model.SaveChanges();
                _model.ChangeTracker.Clear();
                return added.Id;
            });
            await InTurn(() => _model.Steps.Where(s => s.Id == id)
                .ExecuteUpdate(s => s.SetProperty(x => x.StartedAt, 1_700_000_000_000_000L)));
            await InTurn(() => _model.Steps.Where(s => s.Id == id)
                .ExecuteUpdate(s => s.SetProperty(x => x.StateString, "compiling 12 of 80 files")));
            await InTurn(() =>
            {
                _ = Urls(_model, id);
                return _model.Steps.Where(s => s.Id == id)
                    .ExecuteUpdate(s => s.SetProperty(x => x.Urls, """[{"name":"log","url":"https://example.org/logs/1"}]"""));
            });
            await InTurn(() => _model.Steps.Where(s => s.Id == id).ExecuteUpdate(s => s
                .SetProperty(x => x.Complete, 1L).SetProperty(x => x.CompleteAt, 1_700_000_000_000_000L)
                .SetProperty(x => x.Results, 0L).SetProperty(x => x.Hidden, 0L)));
            updates += 5;
        }

        return updates;
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        await _connection.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<T> InTurn<T>(Func<T> body)
    {
        await _turn.WaitAsync();
        try
        {
            return body();
        }
        finally
        {
            _turn.Release();
        }
    }
}
