namespace BuildData.PostgreSql.Connections;

/// <summary>The exception that is thrown when another session has changed rows that a transaction has read and still relies on.</summary>
internal sealed class StaleRowsException() : Exception("Another session has changed rows since this transaction read them.");
