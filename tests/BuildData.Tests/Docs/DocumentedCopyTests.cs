namespace BuildData.Tests;

/// <summary>The examples of the pages about copies and backups, which are there letter for letter.</summary>
internal sealed class DocumentedCopyTests
{
    [Test]
    public async Task Master_ThatRuns_IsBackedUp()
    {
        using var folder = new TempFolder();
        string file = folder.File("backup.db");
        await using Master master = await Master.Open(folder.ConnectionString);

        // <backup>
        await master.BackupTo(file);
        // </backup>

        File.Exists(file).Should().BeTrue();
    }

    [Test]
    public async Task Store_OfSqlite_IsCopiedToPostgreSql()
    {
        using var folder = new TempFolder();
        await using var server = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        (string fileConnection, string serverConnection) = (folder.ConnectionString, server.ConnectionString);
        await (await Master.Open(fileConnection)).DisposeAsync();
        IProgress<CopyProgress>? progress = null;

        // <copy>
        CopyResult result = await BuildDataCopy.Run(
            from: options => options.UseSqlite(fileConnection),
            to: options => options.UsePostgreSql(serverConnection),
            progress);
        foreach (CopiedTable table in result.Tables)
            Console.WriteLine($"{table.Name}: {table.Rows} rows, checksum {table.Checksum}");
        // </copy>

        (await server.Scalar<long>("SELECT count(*) FROM masters")).Should().Be(1).And.Be(result.Tables[0].Rows);
    }
}
