namespace BuildData;

/// <summary>
/// Represents a subscription to the changes of resources of one type. <see cref="Subscription"/> describes how to read a subscription.
/// </summary>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class Subscription<T> : IAsyncEnumerable<DataEvent<T>>, IAsyncDisposable
    where T : class
{
    private readonly Subscription _subscription;

    internal Subscription(Subscription subscription) => _subscription = subscription;

    /// <inheritdoc cref="Subscription.GetAsyncEnumerator"/>
    public IAsyncEnumerator<DataEvent<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Read(_subscription.GetAsyncEnumerator(cancellationToken));

    /// <inheritdoc cref="Subscription.Handle(Func{DataEvent, CancellationToken, Task})"/>
    public EventCallback Handle(Func<DataEvent<T>, CancellationToken, Task> callback) =>
        _subscription.Handle(callback, static e => new DataEvent<T>(e));

    /// <inheritdoc cref="Subscription.ReadAvailable"/>
    public IReadOnlyList<DataEvent<T>> ReadAvailable() => [.. _subscription.ReadAvailable().Select(static e => new DataEvent<T>(e))];

    /// <inheritdoc cref="Subscription.DisposeAsync"/>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    private static async IAsyncEnumerator<DataEvent<T>> Read(IAsyncEnumerator<DataEvent> events)
    {
        await using (events.ConfigureAwait(false))
        {
            while (await events.MoveNextAsync().ConfigureAwait(false))
                yield return new DataEvent<T>(events.Current);
        }
    }
}
