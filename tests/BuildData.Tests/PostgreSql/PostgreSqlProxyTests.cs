using System.Diagnostics;
using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The tests' network does what the tests of the store take for granted.</summary>
internal sealed class PostgreSqlProxyTests
{
    private const string Settings = ";Pooling=false;Timeout=1;Command Timeout=1;Cancellation Timeout=-1";

    private PostgreSqlServer _server = null!;
    private PostgreSqlTestStore _store = null!;
    private PostgreSqlProxy _proxy = null!;

    [SetUp]
    public async Task StartProxy()
    {
        _server = await SharedServer.Get();
        _store = await PostgreSqlTestStore.Create(_server);
        await _store.Scalar<int?>("CREATE TABLE numbers (number int)");
        _proxy = PostgreSqlProxy.Start(_server);
    }

    [TearDown]
    public async Task EndProxy()
    {
        // There is none if the test was skipped because there is no server.
        if (_proxy is null)
            return;
        await _proxy.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Query_BothWaysAreSlow_TakesAtLeastBothDelays()
    {
        await using NpgsqlConnection connection = await Open(";Command Timeout=60");
        _proxy.DelayToServer = TimeSpan.FromMilliseconds(60);
        _proxy.DelayToClient = TimeSpan.FromMilliseconds(40);

        var taken = Stopwatch.StartNew();
        (await connection.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);

        taken.Elapsed.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100));
    }

    [Test]
    public async Task Query_WhileStalled_CompletesAfterwards()
    {
        await using NpgsqlConnection connection = await Open(";Command Timeout=60");
        _proxy.Stall();

        Task<int> query = connection.ExecuteScalarAsync<int>("SELECT 1");
        query.IsCompleted.Should().BeFalse();
        _proxy.GoOn();

        (await query).Should().Be(1);
    }

    [Test]
    public async Task HalfOpen_All_NeitherOldNorNewOnesAreAnsweredUntilHealed()
    {
        await using NpgsqlConnection connection = await Open();
        _proxy.HalfOpen();

        await connection.Awaiting(c => c.ExecuteScalarAsync<int>("SELECT 1")).Should().ThrowAsync<NpgsqlException>().WithInnerException(typeof(TimeoutException));
        await FluentActions.Awaiting(() => Open()).Should().ThrowAsync<NpgsqlException>().WithInnerException(typeof(TimeoutException));
        (await Backends()).Should().Be(1, "the server has not noticed");

        _proxy.Heal();
        await using NpgsqlConnection again = await Open();
        (await again.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
        await _store.Until("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", 1L);
    }

    [Test]
    public async Task HalfOpen_OneThatListens_OthersGoOn()
    {
        await using NpgsqlConnection listening = await Open();
        await listening.ExecuteAsync("LISTEN news");
        await using NpgsqlConnection other = await Open();
        await other.ExecuteAsync("UNLISTEN *");

        _proxy.HalfOpen(PostgreSqlProxy.Listens).Should().Be(1);

        await listening.Awaiting(c => c.ExecuteScalarAsync<int>("SELECT 1")).Should().ThrowAsync<NpgsqlException>().WithInnerException(typeof(TimeoutException));
        (await other.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Test]
    public async Task Reset_OpenConnection_IsLostOnBothSides()
    {
        await using NpgsqlConnection connection = await Open();

        _proxy.Reset();

        await connection.Awaiting(c => c.ExecuteScalarAsync<int>("SELECT 1")).Should().ThrowAsync<NpgsqlException>().WithInnerException(typeof(IOException));
        await _store.Until("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", 0L);
    }

    [Test]
    public async Task Refuse_NewConnection_FailsUntilAdmitted()
    {
        await using NpgsqlConnection connection = await Open();

        await _proxy.Refuse();
        await FluentActions.Awaiting(() => Open()).Should().ThrowAsync<NpgsqlException>();
        (await connection.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1, "it is not new");
        _proxy.Admit();

        await using NpgsqlConnection again = await Open();
        (await again.ExecuteScalarAsync<int>("SELECT 1")).Should().Be(1);
    }

    [Test]
    public async Task SwitchTo_NewConnection_LeadsToTheOtherServer()
    {
        await using PostgreSqlServer other = await Required.StartServer(durable: false);
        await using NpgsqlConnection old = await Open();
        _proxy.SwitchTo(other);

        await using var connection = new NpgsqlConnection(_proxy.Through(other.ConnectionString()) + Settings);
        string? folder = await connection.ExecuteScalarAsync<string>("SHOW data_directory");

        folder.Should().Be(await other.Scalar<string>("SHOW data_directory"));
        (await old.ExecuteScalarAsync<string>("SHOW data_directory")).Should().Be(await _server.Scalar<string>("SHOW data_directory"));
    }

    [Test]
    public async Task CountMessages_OneStatement_TellsTheTypesInOrder()
    {
        await using NpgsqlConnection connection = await Open();
        MessageCut counted = _proxy.CountMessages();

        await connection.ExecuteAsync("INSERT INTO numbers VALUES (1)");

        counted.Types.Should().Be("PBDES");
    }

    [Test]
    public async Task CountMessages_NewConnection_FindsThoseWithoutATypeToo()
    {
        MessageCut counted = _proxy.CountMessages();

        await using NpgsqlConnection connection = await Open();
        await connection.ExecuteAsync("INSERT INTO numbers VALUES (1)");

        counted.Types.Should().MatchRegex(@"^\^{1,3}Q?PBDES$", "Npgsql may ask for the types first");
    }

    [Test]
    public async Task CutAt_EveryMessage_ServerHasReceivedExactlyWhatCameBefore([Values(1, 2, 3, 4, 5)] int messages)
    {
        await using NpgsqlConnection connection = await Open(";Command Timeout=60");
        MessageCut cut = _proxy.CutAt(messages, isWholeHost: false);

        Task insert = connection.ExecuteAsync("INSERT INTO numbers VALUES (1)");
        await cut.Finished.WaitAsync(Given.Patience);

        // The server waits for more unless it has had the last, which commits.
        await _store.Until(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event = 'ClientRead'",
            messages == 5 ? "idle" : "active");
        (await _store.Scalar<long>("SELECT count(*) FROM numbers")).Should().Be(messages == 5 ? 1 : 0);
        insert.IsCompleted.Should().BeFalse("the client has not noticed");
        cut.Types.Should().Be("PBDES"[..messages]);

        _proxy.Heal();
        await insert.Awaiting(task => task).Should().ThrowAsync<NpgsqlException>();
    }

    private async Task<NpgsqlConnection> Open(string more = "")
    {
        var connection = new NpgsqlConnection(_proxy.Through(_store.ConnectionString + Settings + more));
        await connection.OpenAsync();
        return connection;
    }

    private Task<long> Backends() =>
        _store.Scalar<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
}
