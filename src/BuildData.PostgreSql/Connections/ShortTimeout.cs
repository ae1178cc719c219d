namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Waits for answers that must come soon. A command is never cancelled for that: to cancel it, the driver would block a thread while
/// it connects to a server that does not answer.
/// </summary>
internal static class ShortTimeout
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an answer.</summary>
    /// <exception cref="TimeoutException">It does not come soon. The connection is to be abandoned.</exception>
    /// <exception cref="OperationCanceledException">The token is cancelled. The connection is to be abandoned.</exception>
    public static Task<T> WithShortTimeout<T>(this Task<T> answer, CancellationToken stop = default) => answer.WaitAsync(Limit, stop);

    /// <inheritdoc cref="WithShortTimeout{T}(Task{T}, CancellationToken)"/>
    public static Task WithShortTimeout(this Task answer, CancellationToken stop = default) => answer.WaitAsync(Limit, stop);
}
