using System.Runtime.CompilerServices;

namespace BuildData.Resources.Logs.Reading;

/// <summary>Reads the lines of a log one by one.</summary>
internal static class LogLineReader
{
    /// <summary>Reads lines from one number to another.</summary>
    /// <param name="open">Finds the log.</param>
    /// <param name="lastLine">The number of the last line; null for the last line that the log has when the read begins.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async IAsyncEnumerable<string> Read(
        Func<CancellationToken, ValueTask<LogScanner>> open, long? lastLine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogScanner scanner = await open(cancellationToken).ConfigureAwait(false);
        long last = Math.Min(lastLine ?? long.MaxValue, scanner.Log.NumLines - 1);
        while (await scanner.MoveNext(last, cancellationToken).ConfigureAwait(false))
        {
            while (scanner.Text.NextLine <= last && scanner.Text.TryReadLine(out string line))
                yield return line;
        }
    }

    /// <summary>Reads the last lines that a log has when the read begins.</summary>
    public static async Task<IReadOnlyList<LogLine>> ReadLast(LogScanner scanner, int count, CancellationToken cancellationToken)
    {
        long end = scanner.Log.NumLines;
        scanner.MoveTo(Math.Max(end - count, 0));
        var lines = new List<LogLine>((int)(end - scanner.NextLine));
        while (await scanner.MoveNext(end - 1, cancellationToken).ConfigureAwait(false))
        {
            for (long number = scanner.Text.NextLine; number < end && scanner.Text.TryReadLine(out string line); number++)
                lines.Add(new LogLine(number, line));
        }

        return lines;
    }
}
