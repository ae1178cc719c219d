namespace BuildData.Tests;

/// <summary>A kind of store. Every kind passes the tests of every contract.</summary>
internal sealed class StoreKind
{
    public static readonly StoreKind Sqlite = new("SQLite", () => Task.FromResult<TestStore>(new SqliteTestStore()));

    public static readonly StoreKind PostgreSql = new("PostgreSQL", PostgreSqlTestStore.Create);

    public static readonly IReadOnlyList<StoreKind> All = [Sqlite, PostgreSql];

    private readonly Func<Task<TestStore>> _create;

    private StoreKind(string name, Func<Task<TestStore>> create)
    {
        Name = name;
        _create = create;
    }

    public string Name { get; }

    /// <summary>Creates an empty store.</summary>
    public Task<TestStore> Create() => _create();
}
