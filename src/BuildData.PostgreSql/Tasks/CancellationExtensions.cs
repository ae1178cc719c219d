namespace BuildData.PostgreSql.Tasks;

/// <summary>Cancels operations that wait for the driver.</summary>
internal static class CancellationExtensions
{
    /// <summary>Requests cancellation, and ignores connections that the driver has already disposed.</summary>
    public static async ValueTask Stop(this CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error) when (error.Flatten().InnerExceptions.All(inner => inner is ObjectDisposedException))
        {
            // The driver has just found that the connection is lost, so nothing is left to cancel.
            return;
        }
    }
}
