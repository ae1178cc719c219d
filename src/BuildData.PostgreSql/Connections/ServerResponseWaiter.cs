using BuildData.PostgreSql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Waits for the server's answers on a connection that writes. Stops waiting only if the server is no longer working on the
/// request.
/// </summary>
/// <remarks>
/// There is no time limit, because a commit can take long. After every five seconds without an answer, a query on another
/// connection asks the server for the state of the session.
/// </remarks>
/// <param name="terminator">Queries the state of sessions, and ends lost ones.</param>
/// <param name="logger">The logger.</param>
/// <param name="store">The name of the store, for the log.</param>
internal sealed class ServerResponseWaiter(StuckSessionTerminator terminator, ILogger logger, string store)
{
    private const int MaxFailures = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Waits for an answer. Throws the error of the answer if there is one.</summary>
    /// <param name="answer">The task that completes when the answer arrives.</param>
    /// <param name="serverProcessId">The id of the server's process that serves the connection.</param>
    /// <exception cref="ResponseLostException">
    /// The server is not working on the request, or three queries for the state of the session have failed.
    /// </exception>
    public async ValueTask WaitWhileServerWorks(Task answer, int serverProcessId)
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
                failures = await TryCheckSession(serverProcessId).ConfigureAwait(false) ? 0 : failures + 1;
                if (failures == MaxFailures)
                    throw new ResponseLostException();
            }
        }
    }

    /// <summary>
    /// Queries the state of the session. Ends the sessions of vanished host programs too, because this session may be waiting
    /// for their locks.
    /// </summary>
    /// <param name="serverProcessId">The id of the server's process that serves the session.</param>
    /// <returns>False if the query failed.</returns>
    /// <exception cref="ResponseLostException">The server is not working on the request.</exception>
    private async ValueTask<bool> TryCheckSession(int serverProcessId)
    {
        try
        {
            if (await terminator.EndIfStuck(serverProcessId).ConfigureAwait(false))
                throw new ResponseLostException();

            long ended = await terminator.EndStuckBatchSessions().ConfigureAwait(false);
            if (ended > 0)
                Log.StuckBatchSessionsEnded(logger, ended, store);
            return true;
        }
        catch (Exception error) when (error is not ResponseLostException && (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException or OperationCanceledException))
        {
            Log.SessionCheckFailed(logger, error, store);
            return false;
        }
    }
}
