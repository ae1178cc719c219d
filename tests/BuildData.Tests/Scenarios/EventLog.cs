using System.Threading.Channels;

namespace BuildData.Tests;

/// <summary>Reads all that a master announces, in order.</summary>
internal sealed class EventLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<DataEvent> _events = Channel.CreateUnbounded<DataEvent>();
    private readonly Task _reading;
    private readonly SortedDictionary<long, DataEvent> _early = [];
    private long _next = 1;

    public EventLog(Master master)
    {
        string[] own = ["/buildsets/*", "/buildrequests/*", "/builds/*", "/builds/*/properties", "/steps/*", "/builders/*"];
        Subscription[] subscriptions = [.. own.Select(path => master.Data.Events.Subscribe(path))];
        _reading = ReadAll(subscriptions);
    }

    /// <summary>The next events, in the order of their sequence numbers, which have no gap.</summary>
    public async Task<List<DataEvent>> Take(int count)
    {
        var taken = new List<DataEvent>();
        while (taken.Count < count)
        {
            if (_early.Remove(_next, out DataEvent? next))
            {
                taken.Add(next);
                _next++;
                continue;
            }

            DataEvent e = await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            _early.Add(e.Sequence, e);
        }

        return taken;
    }

    /// <summary>What is left once the master is disposed.</summary>
    public async Task<List<DataEvent>> TakeRest()
    {
        await _reading.WaitAsync(Patience);
        List<DataEvent> rest = [.. _early.Values];
        await foreach (DataEvent e in _events.Reader.ReadAllAsync())
            rest.Add(e);
        return rest;
    }

    private async Task ReadAll(Subscription[] subscriptions)
    {
        await Task.WhenAll(subscriptions.Select(async subscription =>
        {
            await foreach (DataEvent e in subscription)
                await _events.Writer.WriteAsync(e);
        }));
        _events.Writer.Complete();
    }
}
