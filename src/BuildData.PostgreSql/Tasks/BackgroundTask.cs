namespace BuildData.PostgreSql.Tasks;

/// <summary>Starts loops that run for as long as a store is open.</summary>
internal static class BackgroundTask
{
    /// <summary>
    /// Starts a loop without the execution context of the caller that opens the store. The loop outlives that caller's trace and
    /// logging scopes.
    /// </summary>
    public static Task Start(Func<Task> loop)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return loop();

        using (ExecutionContext.SuppressFlow())
            return loop();
    }
}
