namespace BuildData.PostgreSql.Connections;

/// <summary>The transaction relied on rows that another session has changed since they were read.</summary>
internal sealed class StaleRowsException() : Exception("Rows have changed since they were read.");
