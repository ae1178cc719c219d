using BuildData.Torture.Model;

namespace BuildData.Torture.Histories;

/// <summary>Records the calls of one project, in the order in which they begin and end. Can be used from any thread.</summary>
internal sealed class CallHistory : ICallRecorder
{
    private readonly Lock _lock = new();
    private readonly List<Call> _calls = [];
    private long _moment;

    /// <summary>Gets the calls so far.</summary>
    public Call[] Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <inheritdoc/>
    public int Begin(Operation operation, long masterId)
    {
        lock (_lock)
        {
            _calls.Add(new Call(operation, masterId, _moment++));
            return _calls.Count - 1;
        }
    }

    /// <inheritdoc/>
    public void End(int call, Outcome outcome)
    {
        lock (_lock)
            _calls[call] = _calls[call] with { Ended = _moment++, Outcome = outcome };
    }
}
