using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace BuildData.Tests;

internal sealed class HealthCheckTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Check_StoreThatWorks_IsHealthy()
    {
        await using ServiceProvider provider = Build(options => options.UseSqlite(_folder.ConnectionString));

        HealthReportEntry entry = await Check(provider);

        (entry.Status, entry.Description).Should().Be((HealthStatus.Healthy, "The store can be read and written."));
    }

    [Test]
    public async Task Check_ReadOnlyStore_IsHealthyWithoutWriting()
    {
        await using Master writer = await Master.Open(_folder.ConnectionString);
        await using ServiceProvider provider = Build(options => options.UseSqlite(_folder.ConnectionString + ";Mode=ReadOnly"));

        HealthReportEntry entry = await Check(provider);

        (entry.Status, entry.Description).Should().Be((HealthStatus.Healthy, "The store can be read."));
    }

    [Test]
    public async Task Check_StoreInUse_IsUnhealthyAndNamesTheFile()
    {
        await using Master other = await Master.Open(_folder.ConnectionString);
        await using ServiceProvider provider = Build(options => options.UseSqlite(_folder.ConnectionString));

        HealthReportEntry entry = await Check(provider);

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("can't be opened").And.Contain(_folder.Database);
        entry.Exception.Should().BeOfType<StoreInUseException>();
    }

    [Test]
    public async Task Check_StoreCannotBeWritten_IsUnhealthyWithTheReason()
    {
        await using ServiceProvider provider = Build(options => options.UseSqlite(_folder.ConnectionString));
        await provider.GetRequiredService<Master>().Open();
        await using var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        await other.ExecuteAsync("CREATE TRIGGER refuse BEFORE UPDATE ON masters BEGIN SELECT raise(ABORT, 'refused by a trigger'); END");

        HealthReportEntry entry = await Check(provider);

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("can't be written").And.Contain("refused by a trigger");
        await other.ExecuteAsync("DROP TRIGGER refuse");
    }

    [Test]
    public async Task Check_WriteDoesNotEndInTime_IsUnhealthy()
    {
        await using ServiceProvider provider = Build(options => options.UseSqlite(_folder.ConnectionString), timeout: TimeSpan.FromMilliseconds(200));
        await provider.GetRequiredService<Master>().Open();
        await using var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        await other.OpenAsync();
        await other.ExecuteAsync("BEGIN IMMEDIATE");

        HealthReportEntry entry = await Check(provider);

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        await other.ExecuteAsync("ROLLBACK");
    }

    [Test]
    public async Task AddBuildData_WithFailureStatusAndTags_UsesThem()
    {
        await using Master other = await Master.Open(_folder.ConnectionString);
        var services = new ServiceCollection();
        services.AddLogging().AddKeyedBuildData("live", options => options.UseSqlite(_folder.ConnectionString));
        services.AddHealthChecks().AddBuildData("live", failureStatus: HealthStatus.Degraded, tags: ["ready"]);
        await using ServiceProvider provider = services.BuildServiceProvider();

        HealthReport report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"));

        report.Entries["builddata:live"].Status.Should().Be(HealthStatus.Degraded);
    }

    [Test]
    public async Task Check_PostgreSqlConnectionForNotificationsIsLost_IsDegradedAndSaysSo()
    {
        await using var store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        await using ServiceProvider provider = Build(options => options.UsePostgreSql(store.ConnectionString));
        (await Check(provider)).Status.Should().Be(HealthStatus.Healthy);
        await using var holder = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await store.EndListenerAndTakeName(holder);

        HealthReportEntry entry;
        do
            entry = await Check(provider);
        while (entry.Status == HealthStatus.Healthy);

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Contain("notifications of other masters is lost");
    }

    [Test]
    public async Task Check_HeartbeatsHaveStopped_IsDegradedAndSaysSince()
    {
        await using var store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        var clock = new HaltedTimers();
        await using ServiceProvider provider = Build(options => options.UsePostgreSql(store.ConnectionString).TimeProvider = clock);
        (await Check(provider)).Status.Should().Be(HealthStatus.Healthy);

        clock.Now += TimeSpan.FromSeconds(40);
        HealthReportEntry entry = await Check(provider);

        entry.Status.Should().Be(HealthStatus.Degraded);
        entry.Description.Should().Contain("last heartbeat of this master was 40 seconds ago");
    }

    private static ServiceProvider Build(Action<BuildDataOptions> configure, TimeSpan? timeout = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddBuildData(configure);
        services.AddHealthChecks().AddBuildData(timeout: timeout);
        return services.BuildServiceProvider();
    }

    private static async Task<HealthReportEntry> Check(ServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["builddata"];

    /// <summary>A clock whose timers never fire.</summary>
    private sealed class HaltedTimers : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
