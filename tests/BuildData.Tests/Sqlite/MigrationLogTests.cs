using BuildData.Stores.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

internal sealed class MigrationLogTests
{
    [Test]
    public async Task Open_FileOfTheFirstVersion_IsMigratedAndToldOnce()
    {
        using var folder = new TempFolder();
        await using (var connection = new SqliteConnection(folder.ConnectionString + ";Pooling=False"))
        {
            await connection.ExecuteAsync(SqliteSchema.Scripts.Read(1));
            await connection.ExecuteAsync("INSERT INTO builders (name) VALUES ('linux'); PRAGMA application_id = 0x42646174; PRAGMA user_version = 1");
        }

        var log = new FakeLogCollector();
        for (int i = 0; i < 2; i++)
        {
            await using Master master = await Master.Open(options => options.UseSqlite(folder.ConnectionString).LoggerFactory = log.ToLoggerFactory());
            (await master.Data.GetAll<Builder>("/builders")).Should().ContainSingle().Which.Name.Should().Be("linux");
        }

        FakeLogRecord migration = log.GetSnapshot().Should().ContainSingle(record => record.Id == 3).Subject;
        migration.Level.Should().Be(LogLevel.Information);
        migration.Message.Should().Contain($"from schema version 1 to {SqliteSchema.Scripts.NewestVersion}").And.Contain(folder.Database);
    }

    [Test]
    public async Task Open_NewFile_IsNoMigration()
    {
        using var folder = new TempFolder();
        var log = new FakeLogCollector();

        await (await Master.Open(options => options.UseSqlite(folder.ConnectionString).LoggerFactory = log.ToLoggerFactory())).DisposeAsync();

        log.GetSnapshot().Select(record => record.Id.Id).Should().Equal(1, 2);
    }
}
