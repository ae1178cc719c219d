namespace BuildData.Tests;

/// <summary>Gives each test a master on a new SQLite file, and the file's folder.</summary>
internal abstract class SqliteMasterTests() : MasterTests(StoreKinds.Sqlite)
{
    protected TempFolder Folder => ((SqliteTestStore)Store).Folder;
}
