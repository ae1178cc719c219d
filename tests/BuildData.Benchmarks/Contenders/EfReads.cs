using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BuildData.Benchmarks;

/// <summary>Reads with EF Core: compiled queries, no tracking.</summary>
internal sealed class EfReads : IAsyncDisposable
{
    private static readonly Func<EfModel, long, EfStep?> One =
        EF.CompileQuery((EfModel model, long id) => model.Steps.FirstOrDefault(step => step.Id == id));

    private static readonly Func<EfModel, string, long, IEnumerable<EfStep>> OfBuild =
        EF.CompileQuery((EfModel model, string builder, long number) =>
            from step in model.Steps
            join build in model.Builds on step.BuildId equals build.Id
            join owner in model.Builders on build.BuilderId equals owner.Id
            where owner.Name == builder && build.Number == number
            orderby step.Number
            select step);

    private readonly SqliteConnection _connection;
    private readonly EfModel _model;
    private readonly long _builds;

    public EfReads(SqliteConnection connection, long builds)
    {
        _connection = connection;
        _builds = builds;
        _model = new EfModel(new DbContextOptionsBuilder<EfModel>().UseSqlite(connection).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
    }

    public Task<long> Step(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks => One(_model, picks.Step())?.ToStep() is not null);

    public Task<long> Steps(int caller, Func<bool> goOn) => Repeat(caller, goOn, picks =>
    {
        (string builder, long number) = picks.Build();
        return OfBuild(_model, builder, number).Select(row => row.ToStep()).ToList().Count == 10;
    });

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private Task<long> Repeat(int caller, Func<bool> goOn, Func<Picks, bool> read) => Repeated.Reads(caller, _builds, goOn, read);
}
