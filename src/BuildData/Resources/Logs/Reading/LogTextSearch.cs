using System.Runtime.CompilerServices;

namespace BuildData.Resources.Logs.Reading;

/// <summary>Finds the lines of a log that contain a text. Creates a string only for such a line. Not thread-safe.</summary>
internal abstract class LogTextSearch
{
    /// <summary>Reads the lines that contain a text.</summary>
    /// <param name="open">Finds the log.</param>
    /// <param name="text">The text.</param>
    /// <param name="ignoreCase">Whether case is ignored.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async IAsyncEnumerable<LogLine> Read(
        Func<CancellationToken, ValueTask<LogScanner>> open, string text, bool ignoreCase, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LogTextSearch search = ignoreCase ? new CaseInsensitiveSearch(text) : new OrdinalSearch(text);
        LogScanner scanner = await open(cancellationToken).ConfigureAwait(false);
        bool hasStreams = scanner.Log.Type == LogType.Stdio;
        long last = scanner.Log.NumLines - 1;
        while (await scanner.MoveNext(last, cancellationToken).ConfigureAwait(false))
        {
            search.Begin(scanner.Text);
            while (search.TryFindNext(hasStreams, out LogLine line) && line.Number <= last)
                yield return line;
        }
    }

    /// <summary>Begins to search the rest of a chunk.</summary>
    protected abstract void Begin(LogTextBuffer chunk);

    /// <summary>Finds the next line that contains the text.</summary>
    /// <param name="hasStreams">Whether the first character of each line is its stream, which the search ignores.</param>
    /// <param name="line">The line.</param>
    /// <returns>Whether there is such a line.</returns>
    protected abstract bool TryFindNext(bool hasStreams, out LogLine line);
}
