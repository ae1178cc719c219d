namespace BuildData.PostgreSql.Tasks;

/// <summary>Ends what waits for the driver.</summary>
internal static class CancellationExtensions
{
    /// <summary>Cancels what waits.</summary>
    public static async ValueTask Stop(this CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error) when (error.Flatten().InnerExceptions.All(inner => inner is ObjectDisposedException))
        {
            // The driver has just found the connection lost, so that there was nothing left to cancel.
            return;
        }
    }
}
