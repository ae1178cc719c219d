namespace BuildData.Tests;

/// <summary>Lists the kinds of stores of this repository.</summary>
internal static class StoreKinds
{
    public static readonly StoreKind Sqlite = new("SQLite", () => Task.FromResult<TestStore>(new SqliteTestStore()));

    public static readonly StoreKind PostgreSql = new("PostgreSQL", PostgreSqlTestStore.Create);

    public static readonly IReadOnlyList<StoreKind> All = [Sqlite, PostgreSql];
}
