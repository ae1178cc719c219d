using System.Globalization;
using System.Text;

namespace BuildData.Torture.PowerCut.Load;

/// <summary>Writes a mark into the trace for each update whose task has completed. Can be used from any thread.</summary>
internal sealed class Acknowledgements(string file) : IDisposable
{
    private readonly FileStream _marks = new(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _lock = new();

    /// <summary>Gets how many updates were acknowledged.</summary>
    public int Count { get; private set; }

    /// <summary>Says that all changes up to the last event of a master are acknowledged.</summary>
    public void Acknowledge(Master master)
    {
        long last = master.Data.Events.LastSequence;
        Write(string.Create(CultureInfo.InvariantCulture, $"{Marks.Acknowledged} {last}"), updates: 1);
    }

    /// <summary>Says that lines of a log are acknowledged.</summary>
    public void AcknowledgeLines(long logId, long count) =>
        Write(string.Create(CultureInfo.InvariantCulture, $"{Marks.Lines} {logId} {count}"), updates: 0);

    /// <summary>Says that the store is open for the first time.</summary>
    public void Opened() => Write(Marks.Opened, updates: 0);

    public void Dispose() => _marks.Dispose();

    private void Write(string line, int updates)
    {
        lock (_lock)
        {
            _marks.Write(Encoding.UTF8.GetBytes(line));
            Count += updates;
        }
    }
}
