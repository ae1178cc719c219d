using BuildData.Stores;

namespace BuildData;

/// <summary>A query for one resource, which may not exist.</summary>
/// <typeparam name="T">What it gives.</typeparam>
public abstract record SingleQuery<T> : Query
    where T : class
{
    private protected SingleQuery()
    {
    }

    internal sealed override bool IsCollection => false;

    internal sealed override Type ResultType => typeof(T);

    internal virtual ValueTask<T?> Read(ReadSession session, BoundSpec spec, CancellationToken cancellationToken) =>
        Select.One((TableResource<T>)Resource, this, session, spec, cancellationToken);

    internal sealed override async ValueTask<DataResult> Fetch(QueryRunner runner, ResultSpec spec, CancellationToken cancellationToken)
    {
        T? resource = await runner.One(this, spec, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, resource, null);
    }
}
