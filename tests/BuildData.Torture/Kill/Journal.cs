using BuildData.Torture.Histories;
using BuildData.Torture.Model;

namespace BuildData.Torture.Kill;

/// <summary>
/// Records calls as lines of text that another process reads. What is written is with the system at once, so it outlives this process.
/// </summary>
/// <param name="output">Where the lines go.</param>
internal sealed class Journal(Stream output)
{
    private readonly Lock _lock = new();
    private int _calls;

    /// <summary>Returns what records the calls of a project.</summary>
    public ICallRecorder For(string project) => new Recorder(this, project);

    /// <summary>Writes a line.</summary>
    public void Write(string line)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(line + "\n");
        lock (_lock)
        {
            output.Write(bytes);
            output.Flush();
        }
    }

    private sealed class Recorder(Journal journal, string project) : ICallRecorder
    {
        public int Begin(Operation operation, long masterId)
        {
            int call = Interlocked.Increment(ref journal._calls);
            journal.Write(new JournalLine(project, call) { MasterId = masterId, Operation = operation }.ToString());
            return call;
        }

        public void End(int call, Outcome outcome) => journal.Write(new JournalLine(project, call) { Outcome = outcome }.ToString());
    }
}
