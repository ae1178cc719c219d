using System.Globalization;
using System.Runtime.CompilerServices;
using BuildData.Definitions;
using BuildData.Events;
using BuildData.Resources.Builds;
using BuildData.Values;

namespace BuildData.Resources.Logs.Reading;

/// <summary>Follows a log: reads the lines that exist, and then new lines, until the log is finished.</summary>
/// <remarks>
/// Events only wake the reader. Each read begins at the next line, and the number of the next line is all that is kept. So no line is missing or
/// repeated, whether events are lost, arrive twice or arrive late, and it makes no difference which master writes the lines. The signal exists
/// before the read that it follows, so a change after this read is signalled.
/// </remarks>
internal static class LogTail
{
    public static async IAsyncEnumerable<LogLine> Read(
        Func<CancellationToken, ValueTask<LogScanner>> open, EventHub events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogScanner scanner = await open(cancellationToken).ConfigureAwait(false);
        ChangeSignal? signal = null;
        try
        {
            while (true)
            {
                // A finished log can also be read if the store is read-only, where nothing can be followed.
                if (signal is null && !scanner.Log.Complete)
                    signal = events.SignalFromNow(ChangesOf(scanner.Log, events.Dispatcher.Catalog));

                while (await scanner.MoveNext(long.MaxValue, cancellationToken).ConfigureAwait(false))
                {
                    while (scanner.Text.TryReadLine(out string line))
                        yield return new LogLine(scanner.Text.NextLine - 1, line);
                }

                if (scanner.Log.Complete)
                    yield break;
                if (signal is not null && !await Wait(signal, cancellationToken).ConfigureAwait(false))
                {
                    signal.Dispose();
                    signal = null;
                }
            }
        }
        finally
        {
            signal?.Dispose();
        }
    }

    /// <summary>Waits for a change. Returns false if events were lost, which ends the signal.</summary>
    private static async ValueTask<bool> Wait(ChangeSignal signal, CancellationToken cancellationToken)
    {
        try
        {
            return await signal.Wait(cancellationToken).ConfigureAwait(false) ? true : throw new ObjectDisposedException(nameof(Master));
        }
        catch (EventsLostException)
        {
            return false;
        }
    }

    // The removal of a build also removes its logs, and announces only the removal of the build.
    private static SubscriptionFilter ChangesOf(StepLog log, ResourceCatalog catalog) => SubscriptionFilter.ForWatch(
        catalog,
        [string.Create(CultureInfo.InvariantCulture, $"/logs/{log.LogId}"), string.Create(CultureInfo.InvariantCulture, $"/builds/{log.BuildId}")],
        PropertySelection.None,
        BuildDefinition.Instance);
}
