namespace BuildData.Benchmarks;

/// <summary>Lanes that race each other, and what they stand on.</summary>
internal sealed class Heat(IReadOnlyList<Lane> lanes, params IReadOnlyList<IAsyncDisposable> things) : IAsyncDisposable
{
    public static Heat None { get; } = new([]);

    public IReadOnlyList<Lane> Lanes => lanes;

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable thing in things)
            await thing.DisposeAsync();
    }
}
