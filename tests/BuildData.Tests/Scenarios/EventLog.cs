using System.Threading.Channels;

namespace BuildData.Tests;

/// <summary>Reads all that a master announces, in order.</summary>
internal sealed class EventLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<DataEvent> _events = Channel.CreateUnbounded<DataEvent>();
    private readonly Task _reading;

    public EventLog(Master master) => _reading = ReadAll(master.Data.Events.Subscribe(Given.Everything));

    /// <summary>The next events.</summary>
    public async Task<List<DataEvent>> Take(int count)
    {
        var taken = new List<DataEvent>();
        while (taken.Count < count)
            taken.Add(await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        return taken;
    }

    /// <summary>What is left once the master is disposed.</summary>
    public async Task<List<DataEvent>> TakeRest()
    {
        await _reading.WaitAsync(Patience);
        var rest = new List<DataEvent>();
        await foreach (DataEvent e in _events.Reader.ReadAllAsync())
            rest.Add(e);
        return rest;
    }

    private async Task ReadAll(Subscription subscription)
    {
        await foreach (DataEvent e in subscription)
            await _events.Writer.WriteAsync(e);
        _events.Writer.Complete();
    }
}
