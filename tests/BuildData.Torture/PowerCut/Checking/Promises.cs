using System.Globalization;
using System.Text;
using BuildData.Torture.PowerCut.Load;

namespace BuildData.Torture.PowerCut.Checking;

/// <summary>What the recorded process had promised at a moment.</summary>
internal sealed class Promises
{
    private readonly Dictionary<long, long> _lines = [];

    /// <summary>Gets whether the store had been opened.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Gets the sequence number of the last event that was announced and whose update was acknowledged.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Gets how many lines of each log were acknowledged.</summary>
    public IReadOnlyDictionary<long, long> Lines => _lines;

    /// <summary>Takes note of a mark.</summary>
    public void Add(byte[] mark)
    {
        string[] words = Encoding.UTF8.GetString(mark).Split(' ');
        switch (words[0])
        {
            case Marks.Opened:
                IsOpen = true;
                break;
            case Marks.Acknowledged:
                LastSequence = Math.Max(LastSequence, Number(words[1]));
                break;
            case Marks.Lines:
                _lines[Number(words[1])] = Number(words[2]);
                break;
            default:
                throw new InvalidOperationException($"The mark '{words[0]}' is unknown.");
        }
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
