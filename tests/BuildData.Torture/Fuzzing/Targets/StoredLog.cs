using System.Text;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>Writes a log in pieces, and reads it in all ways.</summary>
internal static class StoredLog
{
    /// <summary>Checks that what is read is what was written.</summary>
    /// <param name="data">The data of a store.</param>
    /// <param name="text">The text of the log.</param>
    /// <param name="size">The size of the pieces, and the number of the line at which to begin.</param>
    public static async Task Check(DataApi data, byte[] text, byte size)
    {
        long logId;
        await using (LogWriter writer = await data.Updates.OpenLogWriter(1, "fuzz"))
        {
            logId = writer.LogId;
            foreach (byte[] piece in text.Chunk(size + 1))
            {
                await writer.BaseStream.WriteAsync(piece);
                if (piece.Length % 7 == 1)
                    await writer.FlushAsync();
            }
        }

        string expected = Encoding.UTF8.GetString(text);
        if (text.Length > 0 && text[^1] != (byte)'\n')
            expected += "\n";
        string[] lines = expected.Length == 0 ? [] : expected[..^1].Split('\n');

        LogContents? contents = await data.Get<LogContents>($"/logs/{logId}/contents");
        Promise.Holds(contents!.Content == expected, "The content of a log is what was written.");
        RawLog? raw = await data.Get<RawLog>($"/logs/{logId}/raw_inline");
        Promise.Holds(raw!.Raw == expected, "The raw text of a log is what was written.");
        List<string> read = await data.Logs.Lines(logId, size).ToListAsync();
        Promise.Holds(read.SequenceEqual(lines.Skip(size)), "The lines of a log are those that were written.");
        await CheckWindow(data, logId, lines, size);
        if (lines.FirstOrDefault(line => line.Length > 0) is { } sought && sought.Length < 100)
            await CheckSearch(data, logId, lines, sought);
    }

    private static async Task CheckWindow(DataApi data, long logId, string[] lines, byte offset)
    {
        LogContents? window = await data.Get<LogContents>($"/logs/{logId}/contents?offset={(long)offset}&limit=2");
        Promise.Holds(window!.Content == string.Concat(lines.Skip(offset).Take(2).Select(line => line + "\n")), "A window has the lines with its numbers.");
    }

    private static async Task CheckSearch(DataApi data, long logId, string[] lines, string text)
    {
        foreach (StringComparison comparison in new[] { StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase })
        {
            List<LogLine> found = await data.Logs.Search(logId, text, comparison == StringComparison.OrdinalIgnoreCase).ToListAsync();
            IEnumerable<(int, string)> expected = lines.Select((line, i) => (i, line)).Where(line => line.line.Contains(text, comparison));
            Promise.Holds(found.Select(line => ((int)line.Number, line.Text)).SequenceEqual(expected), $"A search finds the lines that contain the text ({comparison}).");
        }
    }
}
