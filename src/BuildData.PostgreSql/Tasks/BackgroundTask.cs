namespace BuildData.PostgreSql.Tasks;

/// <summary>Starts what goes on for as long as a store is open.</summary>
internal static class BackgroundTask
{
    /// <summary>Starts it without the context of whoever happens to open the store: its trace and its logging scopes end sooner.</summary>
    public static Task Start(Func<Task> loop)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return loop();

        using (ExecutionContext.SuppressFlow())
            return loop();
    }
}
