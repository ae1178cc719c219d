namespace BuildData.Tests;

internal sealed class SqliteCopyTests() : CopyTests(StoreKinds.Sqlite, StoreKinds.PostgreSql);
internal sealed class PostgreSqlCopyTests() : CopyTests(StoreKinds.PostgreSql, StoreKinds.Sqlite);
