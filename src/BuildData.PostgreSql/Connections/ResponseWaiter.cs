using BuildData.PostgreSql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Waits for the server's answers on a connection that writes. There is no time limit while the server is working on the request.
/// Every five seconds, a query on another connection finds out whether it is.
/// </summary>
internal sealed class ResponseWaiter(SessionWatchdog watchdog, ILogger logger, string store)
{
    private const int MaxFailures = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="processId">The id of the server's process that serves the connection.</param>
    /// <exception cref="ResponseLostException">
    /// The server is not working on the request, or repeatedly could not be asked.
    /// </exception>
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
                failures = await CheckSession(processId).ConfigureAwait(false) ? 0 : failures + 1;
                if (failures == MaxFailures)
                    throw new ResponseLostException();
            }
        }
    }

    /// <summary>
    /// Asks the server about the session. Ends sessions of vanished hosts too, because this session may wait for their locks.
    /// </summary>
    /// <returns>False if the server could not be asked.</returns>
    /// <exception cref="ResponseLostException">The server is not working on the request.</exception>
    private async ValueTask<bool> CheckSession(int processId)
    {
        try
        {
            if (await watchdog.IsLost(processId).ConfigureAwait(false))
                throw new ResponseLostException();

            long ended = await watchdog.EndVanishedSessions().ConfigureAwait(false);
            if (ended > 0)
                Log.VanishedSessionsEnded(logger, ended, store);
            return true;
        }
        catch (Exception error) when (error is not ResponseLostException && (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException or OperationCanceledException))
        {
            Log.SessionCheckFailed(logger, error, store);
            return false;
        }
    }
}
