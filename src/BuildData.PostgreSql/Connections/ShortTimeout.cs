namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Limits the wait for an answer to five seconds, without cancelling the command. To cancel it, the driver would block a thread
/// while it connects to a server that may not answer either.
/// </summary>
internal static class ShortTimeout
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an answer.</summary>
    /// <exception cref="TimeoutException">The answer did not arrive in time. The caller must abandon the connection.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The caller must abandon the connection.</exception>
    public static Task<T> WithShortTimeout<T>(this Task<T> answer, CancellationToken stop = default) => answer.WaitAsync(Limit, stop);

    /// <inheritdoc cref="WithShortTimeout{T}(Task{T}, CancellationToken)"/>
    public static Task WithShortTimeout(this Task answer, CancellationToken stop = default) => answer.WaitAsync(Limit, stop);
}
