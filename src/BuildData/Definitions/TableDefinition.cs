using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>Defines a resource type that is stored in the rows of a table, possibly with details from other tables.</summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
internal abstract class TableDefinition<T> : ResourceDefinition
    where T : class
{
    public sealed override Type ResourceType => typeof(T);

    /// <summary>Gets the fields. The first is the id. Those with a column are the columns that a SELECT returns, in this order.</summary>
    public abstract override IReadOnlyList<Field<T>> Fields { get; }

    /// <summary>Gets the table with its alias: <c>steps AS step</c>.</summary>
    public abstract string Table { get; }

    /// <summary>Gets the table's alias: <c>step</c>.</summary>
    public abstract string Alias { get; }

    /// <summary>Gets the column of the id: <c>step.id</c>.</summary>
    public string Key => Fields[0].Column!;

    /// <summary>Gets the SQL text of the columns that a SELECT returns, without those of details.</summary>
    public string Columns => SelectList.Text;

    /// <summary>Gets the columns that a SELECT returns, without those of details.</summary>
    // Several threads may create the list at the same time. Their lists are equal, so any of them may be kept.
    public SelectList<T> SelectList => field ??= CreateSelectList();

    /// <summary>Returns the id of a resource.</summary>
    public abstract long KeyOf(T resource);

    /// <summary>Creates a sink that converts rows to resources.</summary>
    public virtual ResourceSink<T> CreateSink(PropertySelection properties) => new PlainSink<T>(SelectList);

    /// <summary>Appends a comma and the columns of details, if there are any.</summary>
    public virtual void AppendDetailColumns(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Appends the LEFT JOINs of details, if there are any.</summary>
    public virtual void AppendDetailJoins(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Returns the column that orders the details of a resource; null if there are none.</summary>
    public virtual string? DetailOrder(PropertySelection properties) => null;

    /// <summary>Creates the list of the columns that a SELECT returns.</summary>
    protected virtual SelectList<T> CreateSelectList() => SelectLists.Of(Fields);
}
