namespace BuildData.History;

/// <summary>Starts the loops that work in the background while a master is open.</summary>
internal static class BackgroundLoop
{
    /// <summary>Starts a loop. It does not capture the execution context of the caller that opens the store.</summary>
    public static Task Start(Func<Task> run)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return run();

        using (ExecutionContext.SuppressFlow())
            return run();
    }
}
