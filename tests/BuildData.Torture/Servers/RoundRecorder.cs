using System.Collections.Concurrent;
using BuildData.Torture.Histories;
using BuildData.Torture.Model;

namespace BuildData.Torture.Servers;

/// <summary>Records the calls of all projects of a round with one order of moments. Can be used from any thread.</summary>
internal sealed class RoundRecorder
{
    private readonly ConcurrentDictionary<string, Recorder> _projects = new();
    private long _moment;

    /// <summary>Gets the calls so far, by project.</summary>
    public Dictionary<string, Call[]> Calls => _projects.ToDictionary(project => project.Key, project => project.Value.Calls);

    /// <summary>Returns what records the calls of a project.</summary>
    public ICallRecorder For(string project) => _projects.GetOrAdd(project, _ => new Recorder(this));

    private sealed class Recorder(RoundRecorder round) : ICallRecorder
    {
        private readonly Lock _lock = new();
        private readonly List<Call> _calls = [];

        public Call[] Calls
        {
            get
            {
                lock (_lock)
                    return [.. _calls];
            }
        }

        public int Begin(Operation operation, long masterId)
        {
            lock (_lock)
            {
                _calls.Add(new Call(operation, masterId, Interlocked.Increment(ref round._moment)));
                return _calls.Count - 1;
            }
        }

        public void End(int call, Outcome outcome)
        {
            lock (_lock)
                _calls[call] = _calls[call] with { Ended = Interlocked.Increment(ref round._moment), Outcome = outcome };
        }
    }
}
