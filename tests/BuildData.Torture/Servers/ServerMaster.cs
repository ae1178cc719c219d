using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>A master in this process, the proxy that it connects through, and its follower.</summary>
/// <param name="Master">The master.</param>
/// <param name="Proxy">Its own proxy; null if it connects through something else.</param>
/// <param name="Follower">Its follower of all events.</param>
internal sealed record ServerMaster(Master Master, PostgreSqlProxy? Proxy, Follower Follower) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Opens a master.</summary>
    /// <param name="connectionString">Leads to the database, without time limits.</param>
    /// <param name="name">The name of the master.</param>
    /// <param name="proxy">The proxy that the connection string leads through; null if there is none.</param>
    /// <param name="seed">The number that the choices of the follower come from.</param>
    public static async Task<ServerMaster> Open(string connectionString, string name, PostgreSqlProxy? proxy, int seed)
    {
        Master master = await Master.Open(options => Configure(options, connectionString, name));
        return new ServerMaster(master, proxy, Follower.Start(master, seed));
    }

    /// <summary>Sets the options that all masters of the check have.</summary>
    public static void Configure(BuildDataOptions options, string connectionString, string name)
    {
        options.UsePostgreSql(connectionString).KeepEvents(TimeSpan.FromDays(1));
        options.MasterName = name;
        options.MaxResults = int.MaxValue;
        options.Heartbeat = TimeSpan.FromSeconds(1);
    }

    /// <summary>Waits until an update of a master succeeds again, after a fault was removed.</summary>
    /// <exception cref="ViolationException">The master does not work in time.</exception>
    public static async Task AwaitWorking(Master master, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        while (true)
        {
            Exception? last = null;
            try
            {
                await master.Data.Updates.AddBuildset(reason: Examination.EventExamination.Reason).WaitAsync(end.Token);
                return;
            }
            catch (Exception error) when (error is StoreException or OperationCanceledException)
            {
                last = error;
            }

            if (end.IsCancellationRequested)
                throw new ViolationException($"A master does not work {patience.TotalSeconds} seconds after the fault was removed. {last}");
            await Task.Delay(Pause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Follower.DisposeAsync();
        await Master.DisposeAsync();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
    }
}
