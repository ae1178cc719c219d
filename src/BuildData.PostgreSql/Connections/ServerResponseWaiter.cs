using BuildData.PostgreSql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.PostgreSql.Connections;

/// <summary>Waits for the server's answer to statements that write. Continues to wait while the server works on these statements.</summary>
/// <remarks>
/// <para>
/// The wait has no time limit, because a commit can take long. A time limit would cancel the commit. The server keeps a
/// cancelled commit, but no longer waits until replicas have it.
/// </para>
/// <para>
/// Instead, this class checks the session after every five seconds without an answer. The check is a query on another
/// connection. The wait ends if the session no longer exists, or if the server is not working but waiting for this process.
/// </para>
/// </remarks>
/// <param name="terminator">Checks the session, and ends it if the server waits for this process.</param>
/// <param name="logger">The logger.</param>
/// <param name="store">The name of the store, for the log.</param>
internal sealed class ServerResponseWaiter(StuckSessionTerminator terminator, ILogger logger, string store)
{
    private const int MaxFailures = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the server's answer. If the answer is an error, throws the error.</summary>
    /// <param name="answer">The task that completes when the answer arrives.</param>
    /// <param name="serverProcessId">The id of the server's process that serves the connection.</param>
    /// <exception cref="ResponseLostException">
    /// The server is not working on the statements, or three checks of the session have failed one after another.
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
    /// Throws an exception if the server is not working on the statements of this session. Otherwise ends the sessions of batches that
    /// belong to stopped processes.
    /// </summary>
    /// <remarks>If a process no longer answers, its server sessions still hold row locks. The server may be waiting for these locks.</remarks>
    /// <param name="serverProcessId">The id of the server's process that serves this session.</param>
    /// <returns>False if the check failed.</returns>
    /// <exception cref="ResponseLostException">The server is not working on the statements.</exception>
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
