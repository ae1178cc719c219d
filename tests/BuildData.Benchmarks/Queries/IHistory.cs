namespace BuildData.Benchmarks;

/// <summary>Opens stores with histories. Disposal removes the stores, unless they are kept.</summary>
internal interface IHistory : IAsyncDisposable
{
    /// <summary>Opens the store with a history. Writes the history, unless an earlier call has kept it.</summary>
    Task<Master> Open(HistoryShape shape);
}
