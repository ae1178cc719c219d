namespace BuildData.PostgreSql.Connections;

/// <summary>
/// The exception that is thrown when another session has changed rows since a transaction read them, and the transaction relies
/// on what it read.
/// </summary>
internal sealed class StaleRowsException() : Exception("Another session has changed rows since this transaction read them.");
