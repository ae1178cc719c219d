namespace BuildData.PostgreSql.Tasks;

/// <summary>
/// Starts loops that run in the background until a store is closed, without the execution context of the caller.
/// </summary>
internal static class BackgroundLoop
{
    /// <summary>
    /// Starts a loop without the execution context of the caller. That context contains the caller's trace and the caller's logging scopes.
    /// These may end before the loop ends.
    /// </summary>
    /// <param name="loop">The loop, which runs on the caller's thread until its first wait.</param>
    /// <returns>The task of the loop, which the caller must await.</returns>
    public static Task StartWithoutExecutionContext(Func<Task> loop)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return loop();

        using (ExecutionContext.SuppressFlow())
            return loop();
    }
}
