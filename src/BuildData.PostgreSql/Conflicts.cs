using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>Rows that a transaction relied on have changed meanwhile.</summary>
internal sealed class StaleRowsException() : Exception("Rows have changed since they were read.");

/// <summary>A connection does not answer, and the server does not work for it.</summary>
internal sealed class ResponseLostException() : NpgsqlException("The connection does not answer.");
