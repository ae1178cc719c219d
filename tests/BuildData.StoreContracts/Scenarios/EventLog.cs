namespace BuildData.StoreContracts;

/// <summary>Reads all that a master announces, in parts.</summary>
/// <remarks>
/// The events of an update are announced before its task completes, and a subscription that is disposed still delivers what was
/// announced until then. So each part has a subscription of its own, which ends, and nothing needs to be waited for.
/// </remarks>
internal sealed class EventLog
{
    private static readonly string[] Patterns = [.. Given.Everything, "/workers/*", "/masters/*", "/logs/*"];

    private readonly EventHub _events;
    private readonly Subscription _all;
    private readonly HashSet<long> _taken = [];
    private Subscription _next;

    public EventLog(EventHub events)
    {
        _events = events;
        _all = events.Subscribe(Patterns);
        _next = events.Subscribe(Patterns);
    }

    /// <summary>Returns the events that were announced since it was called last.</summary>
    public async Task<List<DataEvent>> Take()
    {
        Subscription ended = _next;
        _next = _events.Subscribe(Patterns);
        await ended.DisposeAsync();
        return NotTaken(await ended.Rest());
    }

    /// <summary>Returns the events that are left once the master is disposed.</summary>
    public async Task<List<DataEvent>> TakeRest() => NotTaken(await _all.Rest());

    private List<DataEvent> NotTaken(List<DataEvent> events) => [.. events.Where(e => _taken.Add(e.Sequence))];
}
