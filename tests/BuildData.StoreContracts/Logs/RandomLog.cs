using System.Text;

namespace BuildData.StoreContracts;

/// <summary>A log with random lines, and the model of it: the list of the lines.</summary>
/// <param name="logId">The id of the log.</param>
/// <param name="type">The type of the log.</param>
/// <param name="random">Decides.</param>
internal sealed class RandomLog(long logId, LogType type, Random random)
{
    private static readonly string[] Words =
        ["error", "Error", "warning", "\u001B[31mred\u001B[0m", "\r", "\0", "Straße", "ÄÖÜ", "äöü", "\U0001F600", "Ⱥⱥ", "İ", "K", "k", "ſ", "s", "oo", "e", "h", " ", ""];

    public long LogId => logId;

    public LogType Type => type;

    public List<string> Lines { get; } = [];

    /// <summary>Adds a log to a new step.</summary>
    public static async Task<RandomLog> Create(Updates updates, LogType type, Random random) =>
        new((await updates.AddLog(await updates.Step(), "output", type)).LogId, type, random);

    /// <summary>Appends random lines, in one update or several.</summary>
    public async Task Append(Updates updates, int lines)
    {
        for (int left = lines; left > 0;)
        {
            string[] part = [.. Enumerable.Range(0, random.Next(1, left + 1)).Select(_ => NextLine())];
            string text = string.Concat(part.Select(line => line + "\n"));
            AppendedLines added = random.Next(2) == 0 ? await updates.AppendLog(logId, text) : await updates.AppendLog(logId, Encoding.UTF8.GetBytes(text));
            added.Should().Be(new AppendedLines(Lines.Count, Lines.Count + part.Length - 1));
            Lines.AddRange(part);
            left -= part.Length;
        }
    }

    /// <summary>Returns a text that some lines contain.</summary>
    public string NextSearchText()
    {
        string line = Lines[random.Next(Lines.Count)];
        int start = line.Length == 0 ? 0 : random.Next(line.Length);
        string text = line.Substring(start, Math.Min(random.Next(1, 12), line.Length - start));
        return text.Length == 0 || text.Any(char.IsSurrogate) ? Words[random.Next(3)] : text;
    }

    /// <summary>Returns a line without its stream.</summary>
    public string WithoutStream(string line) => type == LogType.Stdio && line.Length > 0 && line[0] is 'o' or 'e' or 'h' ? line[1..] : line;

    private string NextLine()
    {
        string stream = type == LogType.Stdio && random.Next(20) > 0 ? $"{"oeh"[random.Next(3)]}" : "";
        if (random.Next(300) == 0)
            return stream + new string('x', random.Next(200_000, 700_000)) + Words[random.Next(Words.Length)];
        return stream + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Words[random.Next(Words.Length)]));
    }
}
