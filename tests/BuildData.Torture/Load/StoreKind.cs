namespace BuildData.Torture.Load;

/// <summary>The stores that checks run on.</summary>
internal enum StoreKind
{
    Sqlite,
    PostgreSql,
}
