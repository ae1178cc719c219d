namespace BuildData.PostgreSql.Connections;

/// <summary>Limits the wait for an answer of the server to five seconds, without cancelling the command.</summary>
/// <remarks>
/// To cancel a command, the driver opens a second connection to the server, and blocks a thread until the connection is open. A server that
/// does not answer may not accept the second connection.
/// </remarks>
internal static class ResponseTimeoutExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Waits at most five seconds for the server's answer.</summary>
    /// <exception cref="TimeoutException">No answer arrived in time. The caller must stop using the connection.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token was cancelled. The caller must stop using the connection.
    /// </exception>
    public static Task<T> WithResponseTimeout<T>(this Task<T> answer, CancellationToken stop = default) => answer.WaitAsync(Limit, stop);

    /// <inheritdoc cref="WithResponseTimeout{T}(Task{T}, CancellationToken)"/>
    public static Task WithResponseTimeout(this Task answer, CancellationToken stop = default) => answer.WaitAsync(Limit, stop);
}
