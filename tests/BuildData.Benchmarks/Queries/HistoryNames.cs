namespace BuildData.Benchmarks;

/// <summary>Adds the builders and the workers of a history, in the order of their ids.</summary>
internal static class HistoryNames
{
    public static async Task Add(Updates updates)
    {
        foreach (string builder in HistoryShape.Builders)
            await updates.FindBuilderId(builder);
        foreach (string worker in HistoryShape.Workers)
            await updates.FindWorkerId(worker);
    }

    /// <summary>Returns the current time, in microseconds since 1970.</summary>
    public static long Now() => TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
