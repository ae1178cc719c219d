using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>The connection does not answer, and the server is not working on its request.</summary>
internal sealed class ResponseLostException() : NpgsqlException("The connection does not answer.");
