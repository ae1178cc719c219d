using BuildData.PostgreSql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.PostgreSql.Connections;

/// <summary>Waits for the answers of a connection that writes, for as long as the server works for it.</summary>
internal sealed class ResponseWaiter(SessionWatchdog watchdog, ILogger logger, string store)
{
    private const int MaxFailures = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="processId">The server's process of the connection.</param>
    /// <exception cref="ResponseLostException">There will be none, or the server can't be asked whether there will.</exception>
    public async ValueTask Wait(Task answer, int processId)
    {
        int failures = 0;
        while (true)
        {
            try
            {
                await answer.WaitAsync(Interval).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException) when (!answer.IsCompleted)
            {
                failures = await IsServerReachable(processId).ConfigureAwait(false) ? 0 : failures + 1;
                if (failures == MaxFailures)
                    throw new ResponseLostException();
            }
        }
    }

    /// <summary>False if the server could not be asked.</summary>
    private async ValueTask<bool> IsServerReachable(int processId)
    {
        try
        {
            if (await watchdog.IsLost(processId).ConfigureAwait(false))
                throw new ResponseLostException();

            long ended = await watchdog.EndVanishedSessions().ConfigureAwait(false);
            if (ended > 0)
                Log.VanishedEnded(logger, ended, store);
            return true;
        }
        catch (Exception error) when (error is not ResponseLostException && (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException or OperationCanceledException))
        {
            Log.NotAnswered(logger, error, store);
            return false;
        }
    }
}
