using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>
/// Defines a resource type whose resources are computed from other resources. Each query writes the subquery that computes them, in
/// <see cref="CollectionQuery{T}.AppendTable"/>.
/// </summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
internal abstract class ComputedDefinition<T> : TableDefinition<T>
    where T : class
{
    public sealed override string Table => throw new InvalidOperationException($"A {Kind} is not stored in a table.");

    public abstract override ResourceDefinition Source { get; }

    public abstract override IReadOnlyList<Field<T>> Keys { get; }

    public sealed override long IdOf(T resource) => throw new InvalidOperationException($"A {Kind} has no id.");

    /// <summary>Declares an attribute that is a duration. The column contains microseconds, and the wire form is seconds.</summary>
    protected static DecimalField<T> Seconds(string wireName, string column, Func<T, TimeSpan> get, string propertyName) =>
        new(wireName, column, Timestamp.MicrosecondsPerSecond, resource => get(resource).Ticks / TimeSpan.TicksPerMicrosecond, propertyName);
}
