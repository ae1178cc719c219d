using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// The exception that is thrown when a connection does not answer, and the server either is not working on its request or can't be
/// asked.
/// </summary>
internal sealed class ResponseLostException() : NpgsqlException("The connection does not answer, and the server does not seem to be working on its request.");
