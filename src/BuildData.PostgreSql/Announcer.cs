using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>
/// Publishes all hosts' events in this process. A notification only wakes: what was missed is read from the table, and polling
/// covers for notifications that do not come.
/// </summary>
internal sealed class Announcer(Server server, StoreContext context, long masterId) : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly EventOrder _order = new(server, context);
    private readonly Listener _listener = new(server, masterId);
    private Task _running = Task.CompletedTask;

    /// <summary>Listens, and finds out where events are; to be called before anything is written.</summary>
    /// <exception cref="StoreInUseException">Another process has this master's name.</exception>
    public async Task Start(CancellationToken cancellationToken)
    {
        if (!await _listener.TryListen(cancellationToken).ConfigureAwait(false))
            throw new StoreInUseException(server.Name, $"Its master '{context.Options.MasterName}' is another process; each needs a name of its own.");

        await _order.Start(cancellationToken).ConfigureAwait(false);
        _running = Background.Start(Run);
    }

    /// <summary>Publishes what this process has committed, and before it what others have.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The number of the first.</param>
    /// <param name="before">The time of the event before it; null if that is not known.</param>
    public async ValueTask Committed(UpdateEvents events, long first, long? before)
    {
        try
        {
            await _order.Publish(events, first, before).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is committed, and must not be told to have failed. It is announced when the database can be reached again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.AnnouncedLate(context.Logger, error, server.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _order.Dispose();
    }

    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await WaitForNotification(stop).ConfigureAwait(false))
                    await _order.CatchUp(_listener.Known, stop).ConfigureAwait(false);
                else
                    await _order.Look(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, subscribers wait for what comes next.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (await _listener.DropLost().ConfigureAwait(false))
                    Log.ListenerLost(context.Logger, error, server.Name);
                else
                    Log.AnnouncedLate(context.Logger, error, server.Name);

                await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>False if none came for some time, or if they can't be heard at present.</summary>
    private async ValueTask<bool> WaitForNotification(CancellationToken cancellationToken)
    {
        if (_listener.Listens)
            return await _listener.Wait(Poll, cancellationToken).ConfigureAwait(false);

        if (await _listener.TryListen(cancellationToken).ConfigureAwait(false))
        {
            Log.ListenerBack(context.Logger, server.Name);
            return false;
        }

        // The server may not have noticed yet that the old connection is gone.
        Log.NameTaken(context.Logger, context.Options.MasterName);
        await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
        return false;
    }
}
