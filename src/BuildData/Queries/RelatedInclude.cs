using System.Globalization;
using System.Text;
using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>
/// Declares related objects that one statement reads for all resources of a page. An object belongs to each resource that has the same key.
/// For example, a step belongs to the build whose id is the step's <c>buildid</c>.
/// </summary>
/// <typeparam name="T">The type of the resources.</typeparam>
/// <typeparam name="TRelated">The type of the related objects.</typeparam>
/// <param name="name">The name of the data.</param>
/// <param name="keyOf">Returns the key of a resource.</param>
/// <param name="keyOfRelated">Returns the key of a related object.</param>
/// <param name="add">Returns a resource together with the related objects that have its key.</param>
internal sealed class RelatedInclude<T, TRelated>(
    string name, Func<T, long> keyOf, Func<TRelated, long> keyOfRelated, Func<T, IReadOnlyList<TRelated>, T> add) : Include<T>(name)
    where T : class
{
    private readonly Func<T, long> _keyOf = keyOf;
    private readonly Func<TRelated, long> _keyOfRelated = keyOfRelated;
    private readonly Func<T, IReadOnlyList<TRelated>, T> _add = add;

    /// <summary>Gets the function that creates the object that converts rows.</summary>
    public required Func<ResourceSink<TRelated>> CreateSink { get; init; }

    /// <summary>Gets the function that appends the statement. The statement selects the related objects with the keys of a page.</summary>
    public required AppendIncludeStatement AppendStatement { get; init; }

    /// <summary>Gets whether the related objects are resources, and count against <see cref="BuildDataOptions.MaxResults"/>.</summary>
    public bool ReadsResources { get; init; } = true;

    public override IncludeStatement<T> CreateStatement(IReadOnlyList<T> page, SqlDialect dialect, long limit)
    {
        var statement = new Statement(this);
        AppendStatement(statement.Sql, dialect, ToJson(page.Select(_keyOf).Distinct()), limit);
        return statement;
    }

    private static string ToJson(IEnumerable<long> keys)
    {
        var json = new StringBuilder("[");
        foreach (long key in keys)
            json.Append(json.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"{key}");
        return json.Append(']').ToString();
    }

    private sealed class Statement(RelatedInclude<T, TRelated> include) : IncludeStatement<T>
    {
        private readonly ResourceSink<TRelated> _sink = include.CreateSink();
        private readonly Dictionary<long, IReadOnlyList<TRelated>> _byKey = [];

        public override RowSink Sink => _sink;

        public override int Complete()
        {
            _sink.CompleteLastResource();
            foreach (IGrouping<long, TRelated> related in _sink.Resources.GroupBy(include._keyOfRelated))
                _byKey.Add(related.Key, new EquatableList<TRelated>([.. related]));
            return include.ReadsResources ? _sink.Resources.Count : 0;
        }

        public override T AddTo(T resource) => include._add(resource, _byKey.TryGetValue(include._keyOf(resource), out IReadOnlyList<TRelated>? related) ? related : []);
    }
}
