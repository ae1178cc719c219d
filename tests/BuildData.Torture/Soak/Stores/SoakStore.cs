using BuildData.Torture.Soak.Measuring;

namespace BuildData.Torture.Soak.Stores;

/// <summary>The store of a run.</summary>
internal abstract class SoakStore : IAsyncDisposable
{
    /// <summary>Gets the gauges of its files.</summary>
    public abstract IReadOnlyList<Gauge> Gauges { get; }

    /// <summary>Selects the store in the options of a master.</summary>
    public abstract void Use(BuildDataOptions options);

    /// <summary>Opens and closes masters beside the one that is open all the time.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="end">Tells that the run ends.</param>
    public abstract Task UseOtherMasters(Random random, CancellationToken end);

    /// <summary>Copies the store, looks at the copy, and deletes it.</summary>
    /// <param name="master">The master that has it open.</param>
    /// <param name="random">The random numbers.</param>
    public abstract Task Copy(Master master, Random random);

    /// <summary>Returns what is wrong when all masters are closed; null if nothing is.</summary>
    public abstract Task<string?> FindFault();

    public abstract ValueTask DisposeAsync();
}
