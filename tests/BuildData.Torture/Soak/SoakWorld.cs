using BuildData.Torture.Running;
using BuildData.Torture.Soak.Measuring;
using BuildData.Torture.Soak.Stores;

namespace BuildData.Torture.Soak;

/// <summary>What the lanes of a run share. Can be used from any thread.</summary>
/// <param name="run">The run.</param>
/// <param name="settings">The pace.</param>
/// <param name="store">The store.</param>
/// <param name="host">The program that has the store open all the time.</param>
internal sealed class SoakWorld(CheckRun run, SoakSettings settings, SoakStore store, SoakHost host)
{
    private NewestIds? _newest;

    public CheckRun Run => run;

    public SoakSettings Settings => settings;

    public SoakStore Store => store;

    public SoakHost Host => host;

    public DataApi Data => host.Master.Data;

    public Updates Updates => host.Master.Data.Updates;

    public UpdateTimes UpdateTimes { get; } = new();

    /// <summary>Gets or sets some ids that were new a moment ago; null until there are any.</summary>
    public NewestIds? Newest
    {
        get => Volatile.Read(ref _newest);
        set => Volatile.Write(ref _newest, value);
    }

    /// <summary>Pauses for a random time.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="multiple">The mean of the time, as a multiple of the usual pause.</param>
    /// <param name="end">Ends the pause.</param>
    public Task Pause(Random random, double multiple, CancellationToken end) => Task.Delay(2 * random.NextDouble() * multiple * settings.Pause, end);
}

/// <summary>Ids of resources that belong together.</summary>
internal sealed record NewestIds(long BuildsetId, long RequestId, long BuilderId, long WorkerId, long BuildId, long BuildNumber, long StepId, long LogId);
