using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// The exception that is thrown when a connection does not answer, and no answer can be expected. Either the server is not
/// working on the request, or the server's state can't be queried.
/// </summary>
internal sealed class ResponseLostException() : NpgsqlException("The connection does not answer, and the server does not seem to be working on its request.");
