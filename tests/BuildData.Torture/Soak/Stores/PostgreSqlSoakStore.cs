using BuildData.Torture.Soak.Measuring;
using Npgsql;

namespace BuildData.Torture.Soak.Stores;

/// <summary>A database of a PostgreSQL server that runs only for this check.</summary>
/// <param name="server">The server.</param>
internal sealed class PostgreSqlSoakStore(PostgreSqlServer server) : SoakStore
{
    private const double Megabyte = 1024 * 1024;

    /// <inheritdoc/>
    /// <remarks>
    /// Removed rows take space until the server has vacuumed the table, which it does when a fifth of the table is removed. So all of the median is
    /// tolerated.
    /// </remarks>
    public override IReadOnlyList<Gauge> Gauges =>
    [
        new("database MB", () => Ask("SELECT pg_database_size(current_database())") / Megabyte, Tolerance: 16, RelativeTolerance: 1),
        new("connections", () => Ask("SELECT count(*) FROM pg_stat_activity"), Tolerance: 8, RelativeTolerance: 0.2),
    ];

    public override void Use(BuildDataOptions options) => Use(options, "main");

    /// <inheritdoc/>
    /// <remarks>The other masters write too. They have few names, because each name stays in the table of masters.</remarks>
    public override async Task UseOtherMasters(Random random, CancellationToken end)
    {
        await using Master other = await Master.Open(options => Use(options, $"other{random.Next(3)}"), end);
        long builder = await other.Data.Updates.FindBuilderId("other", end);
        await other.Data.Updates.AddBuildset(reason: "other", builderIds: [builder], cancellationToken: end);
        if (await other.Data.Updates.StartNext(null, [builder], end) is { } build)
            await other.Data.Updates.FinishBuild(build.BuildId, BuildResult.Success, cancellationToken: end);
        await other.Data.GetAll<Build>("/builds?order=-buildid&limit=20", cancellationToken: end);
    }

    /// <inheritdoc/>
    /// <remarks>The library copies a PostgreSQL database only while no master has it open.</remarks>
    public override Task Copy(Master master, Random random) => Task.CompletedTask;

    public override Task<string?> FindFault() => Task.FromResult<string?>(null);

    public override ValueTask DisposeAsync() => server.DisposeAsync();

    private void Use(BuildDataOptions options, string name)
    {
        options.UsePostgreSql(server.ConnectionString());
        options.MasterName = name;
        options.Heartbeat = TimeSpan.FromSeconds(1);
    }

    private double Ask(string sql)
    {
        using var connection = new NpgsqlConnection(server.ConnectionString());
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToDouble(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
