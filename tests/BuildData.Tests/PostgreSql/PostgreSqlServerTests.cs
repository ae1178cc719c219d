using Npgsql;

namespace BuildData.Tests;

/// <summary>The tests' own server does what the tests of the store take for granted.</summary>
internal sealed class PostgreSqlServerTests
{
    [Test]
    public async Task Start_NewServer_Answers()
    {
        await using PostgreSqlServer server = await Required.StartServer(durable: true);

        (await server.Scalar<int>("SELECT 1")).Should().Be(1);
        (await server.Scalar<string>("SHOW fsync")).Should().Be("on");
        (await server.Scalar<string>("SHOW server_encoding")).Should().Be("UTF8");
    }

    [Test]
    public async Task Restart_AfterEitherWayToStop_HasWhatWasCommitted()
    {
        await using PostgreSqlServer server = await Required.StartServer(durable: true);
        await server.Scalar<int?>("CREATE TABLE numbers (number int)");

        await server.Scalar<int?>("INSERT INTO numbers VALUES (1)");
        await server.Stop();
        await server.Awaiting(stopped => stopped.Scalar<int>("SELECT 1")).Should().ThrowAsync<NpgsqlException>();
        await server.Restart();
        await server.Scalar<int?>("INSERT INTO numbers VALUES (2)");
        await server.StopImmediately();
        await server.Restart();

        (await server.Scalar<long>("SELECT sum(number) FROM numbers")).Should().Be(3);
    }

    [Test]
    public async Task Dispose_RunningServer_LeavesNothing()
    {
        PostgreSqlServer server = await Required.StartServer(durable: false);
        string folder = (await server.Scalar<string>("SHOW data_directory"))!;
        int process = int.Parse((await File.ReadAllLinesAsync(Path.Combine(folder, "postmaster.pid")))[0], System.Globalization.CultureInfo.InvariantCulture);

        await server.DisposeAsync();

        Directory.Exists(Path.GetDirectoryName(folder)).Should().BeFalse();
        FluentActions.Invoking(() => System.Diagnostics.Process.GetProcessById(process)).Should().Throw<ArgumentException>();
    }
}
