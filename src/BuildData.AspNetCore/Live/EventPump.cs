using System.Net.WebSockets;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.AspNetCore.Live;

/// <summary>Reads the events of a master once, and hands them to all WebSockets. Thread-safe.</summary>
/// <remarks>
/// <para>States: stopped, while there is no socket; and running, with one subscription and one task. The first socket starts the task, and waits until
/// the subscription receives every later change. After the last one has left, the task ends. So without sockets, updates need not read
/// properties for events.</para>
/// <para>The task makes one message of each event and key, and adds it to the batch of each audience that wants it. An audience is the set of sockets
/// with the same patterns. When no event waits, or a batch is full, or enough time has passed, the batches go to the queues of the sockets. The task never
/// waits for a client: a queue that is full closes its socket.</para>
/// <para>_lock guards the audiences, the patterns and the set of sockets. Nobody waits while it is held.</para>
/// </remarks>
/// <param name="master">The master.</param>
/// <param name="clock">Measures the time between batches.</param>
/// <param name="logger">Logs the end of the task by an error.</param>
#pragma warning disable CA1001 // The pump lives as long as the program. What it owns holds only memory.
internal sealed class EventPump(Master master, TimeProvider clock, ILogger logger)
#pragma warning restore CA1001
{
    // Under load, a batch is sent no more often than this. So 1,000 sockets cause at most 100,000 writes a second.
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(10);

    // A larger array would be allocated where it is collected rarely.
    private const int LargestBatch = 64 * 1024;
    private const int MostPatterns = 1024;

    private static readonly string[] AllEvents = ["/*/*?property=*", "/*/*/properties"];

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _starting = new(1);
    private readonly SubscriptionKeys _keys = new();
    private readonly Dictionary<string, Audience> _audiences = new(StringComparer.Ordinal);
    private readonly HashSet<EventSocket> _sockets = [];
    private readonly HashSet<Audience> _found = [];
    private readonly PooledBuffer _resource = new();
    private readonly PooledBuffer _frame = new();
    private readonly HashSet<Audience> _withBatch = [];
    private Subscription? _subscription;
    private Task _pumping = Task.CompletedTask;

    /// <summary>Adds a socket. When the method returns, no later change is missed by a pattern that is added then.</summary>
    public async Task Add(EventSocket socket, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_lock)
                _sockets.Add(socket);
            if (_subscription is null)
                await Start(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await RemoveWhileStarting(socket).ConfigureAwait(false);
            throw;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Removes a socket.</summary>
    public async Task Remove(EventSocket socket)
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            await RemoveWhileStarting(socket).ConfigureAwait(false);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Adds a pattern to a socket, such as <c>builds/*/*</c>. The last segment stands for the name of the event.</summary>
    /// <returns>False if the socket has too many patterns.</returns>
    public bool Subscribe(EventSocket socket, string pattern)
    {
        lock (_lock)
        {
            if (socket.Patterns.Count >= MostPatterns)
                return false;
            if (socket.Patterns.Add(pattern))
                MoveToAudience(socket);
            return true;
        }
    }

    /// <summary>Removes a pattern of a socket.</summary>
    public void Unsubscribe(EventSocket socket, string pattern)
    {
        lock (_lock)
        {
            if (socket.Patterns.Remove(pattern))
                MoveToAudience(socket);
        }
    }

    private async Task RemoveWhileStarting(EventSocket socket)
    {
        Subscription? unused = null;
        lock (_lock)
        {
            _sockets.Remove(socket);
            socket.Patterns.Clear();
            MoveToAudience(socket);
            if (_sockets.Count == 0)
                (unused, _subscription) = (_subscription, null);
        }

        if (unused is null)
            return;

        // The next subscription begins only when nothing of this one is left.
        await unused.DisposeAsync().ConfigureAwait(false);
        await _pumping.ConfigureAwait(false);
    }

    private async Task Start(CancellationToken cancellationToken)
    {
        await master.Open(cancellationToken).ConfigureAwait(false);
        Subscription subscription = master.Data.Events.Subscribe(AllEvents);
        try
        {
            // An update that runs now may not read the properties that this subscription selects, and is then not announced to it. A watch that selects
            // properties waits for the end of such updates. After that, every change is announced.
            CombinedWatch watch = await master.Data.Watch(["/builds/0?property=*"], cancellationToken).ConfigureAwait(false);
            await watch.DisposeAsync().ConfigureAwait(false);
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _subscription = subscription;
        _pumping = Pump(subscription);
    }

    private async Task Pump(Subscription subscription)
    {
        try
        {
            await SendAll(subscription).ConfigureAwait(false);
            End(subscription, WebSocketCloseStatus.EndpointUnavailable, "The program is stopping.");
        }
        catch (BuildDataException e)
        {
            logger.PumpEnded(e);
            End(subscription, WebSocketCloseStatus.InternalServerError, "Events were lost. Connect again, and read the state again.");
        }
#pragma warning disable CA1031 // Nobody awaits the task. The error is logged, and the clients learn that they receive nothing more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.PumpEnded(e);
            End(subscription, WebSocketCloseStatus.InternalServerError, "The program has failed.");
        }
    }

    private async Task SendAll(Subscription subscription)
    {
        IAsyncEnumerator<DataEvent> events = subscription.GetAsyncEnumerator();
        await using (events.ConfigureAwait(false))
        {
            long lastSent = 0;
            bool hasWaited = false;
            ValueTask<bool> next = events.MoveNextAsync();
            while (true)
            {
                // No event waits. Send what was collected, but not sooner than one interval after the last time.
                if (!next.IsCompleted && _withBatch.Count > 0)
                {
                    TimeSpan rest = BatchInterval - clock.GetElapsedTime(lastSent);
                    if (rest > TimeSpan.Zero && !hasWaited)
                    {
                        await Task.Delay(rest, clock).ConfigureAwait(false);
                        hasWaited = true;
                        continue;
                    }

                    SendBatches();
                    (lastSent, hasWaited) = (clock.GetTimestamp(), false);
                }

                if (!await next.ConfigureAwait(false))
                    return;
                Append(subscription, events.Current);
                next = events.MoveNextAsync();

                // Events always wait. Then the time, and the size of a batch, decide.
                if (next.IsCompleted && clock.GetElapsedTime(lastSent) >= BatchInterval)
                {
                    SendBatches();
                    (lastSent, hasWaited) = (clock.GetTimestamp(), false);
                }
            }
        }
    }

    /// <summary>Adds the messages of an event to the batches of the audiences that want them.</summary>
    private void Append(Subscription subscription, DataEvent e)
    {
        lock (_lock)
        {
            // All sockets have left, and others have started a new subscription. These must not receive older events between newer ones.
            if (_subscription != subscription)
                return;

            _resource.Clear();
            foreach (string path in e.Paths)
            {
                _found.Clear();
                _keys.Find(path, e.Name, _found);
                if (_found.Count == 0)
                    continue;

                if (_resource.WrittenCount == 0)
                    EventMessage.WriteResource(_resource, e);
                EventMessage.WriteFrame(_frame, path, e.Name, _resource.WrittenMemory.Span);
                foreach (Audience audience in _found)
                {
                    audience.Append(_frame.WrittenMemory.Span);
                    _withBatch.Add(audience);
                    if (audience.BatchSize >= LargestBatch)
                        Send(audience);
                }
            }
        }
    }

    private void SendBatches()
    {
        lock (_lock)
        {
            foreach (Audience audience in _withBatch)
                Send(audience);
            _withBatch.Clear();
        }
    }

    private static void Send(Audience audience)
    {
        foreach (EventSocket lagging in audience.Send())
            lagging.Close(WebSocketCloseStatus.PolicyViolation, "The client reads too slowly. Connect again, and read the state again.");
    }

    private void End(Subscription subscription, WebSocketCloseStatus status, string reason)
    {
        lock (_lock)
        {
            if (_subscription != subscription)
                return;
            _subscription = null;
            foreach (Audience audience in _withBatch)
                Send(audience);
            _withBatch.Clear();
            foreach (EventSocket socket in _sockets)
                socket.Close(status, reason);
        }
    }

    private void MoveToAudience(EventSocket socket)
    {
        if (socket.Audience is { } old)
        {
            // What was collected until now belongs to the socket too.
            Send(old);
            old.Sockets.Remove(socket);
            if (old.Sockets.Count == 0)
            {
                _audiences.Remove(Key(old.Patterns));
                _withBatch.Remove(old);
                foreach (string pattern in old.Patterns)
                    _keys.Remove(pattern, old);
            }
        }

        socket.Audience = null;
        if (socket.Patterns.Count == 0)
            return;

        string key = Key(socket.Patterns);
        if (_audiences.TryGetValue(key, out Audience? audience))
        {
            // The socket already has what was collected until now, or its pattern did not count yet.
            Send(audience);
        }
        else
        {
            _audiences.Add(key, audience = new Audience([.. socket.Patterns]));
            foreach (string pattern in audience.Patterns)
                _keys.Add(pattern, audience);
        }

        audience.Sockets.Add(socket);
        socket.Audience = audience;
    }

    private static string Key(IEnumerable<string> patterns) => string.Join('\n', patterns);
}
