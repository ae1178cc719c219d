using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>Knows the contenders on PostgreSQL by their names.</summary>
internal static class ContenderList
{
    private const string Own = "BuildData";
    private const string Npgsql = "hand-written Npgsql, with events";
    private const string PlainUpdate = "hand-written Npgsql, without events";
    private const string Ef = "EF Core, with events";
    private const string Marten = "Marten";

    /// <summary>Returns who takes part; the others are compared to the first.</summary>
    public static string[] For(string work) => work == "p3" ? [PlainUpdate, Npgsql, Own, Ef, Marten] : [Npgsql, Own, Ef, Marten];

    /// <summary>Makes a contender's tables and the rows that the work begins with.</summary>
    public static Task<KnownRows> SetUp(string contender, PostgreSqlDatabase database) => contender switch
    {
        Own => database.Fill(),
        Ef => database.Fill(Outbox.Table + EfPostgreSqlModel.Sequence),
        Marten => MartenContender.SetUp(database),
        _ => database.Fill(Outbox.Table),
    };

    public static async Task<IContender> Open(RacerStart start) => start.Contender switch
    {
        Own => await OwnContender.Open(start),
        Npgsql => new NpgsqlContender(Pool(start), start.Rows),
        PlainUpdate => await PlainUpdateContender.Open(Pool(start), start.Rows),
        Ef => new EfContender(Pool(start), start.Rows),
        Marten => new MartenContender(start, Pool(start)),
        _ => throw new ArgumentException($"There is no contender '{start.Contender}'."),
    };

    /// <summary>EF Core's and Marten's numbers are fair only after four times the others' warm-up.</summary>
    public static bool IsSlowToWarm(string contender) => contender is Ef or Marten;

    // Statements are prepared when they are used for the second time. Nothing changes a session's settings, so connections go
    // back to the pool as they are.
    private static NpgsqlDataSource Pool(RacerStart start) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(start.ConnectionString) { MaxAutoPrepare = 100, AutoPrepareMinUsages = 2, NoResetOnClose = true });
}
