namespace BuildData.PostgreSql.Connections;

/// <summary>
/// The exception that is thrown when a transaction relied on rows that another session has changed since they were read.
/// </summary>
internal sealed class StaleRowsException() : Exception("Another session has changed rows since this transaction read them.");
