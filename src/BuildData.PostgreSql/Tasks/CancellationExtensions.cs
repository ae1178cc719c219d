namespace BuildData.PostgreSql.Tasks;

/// <summary>Cancels operations that wait for the database driver.</summary>
internal static class CancellationExtensions
{
    /// <summary>
    /// Requests cancellation. The driver throws <see cref="ObjectDisposedException"/> if it has already disposed a connection. This method
    /// ignores that exception.
    /// </summary>
    public static async ValueTask CancelIgnoringDisposedConnections(this CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error) when (error.Flatten().InnerExceptions.All(inner => inner is ObjectDisposedException))
        {
            // The driver has just found that the connection is lost, so nothing is left to cancel.
            return;
        }
    }
}
