using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>Defines a resource type that is stored in the rows of a table, possibly with details from other tables.</summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
internal abstract class TableDefinition<T> : ResourceDefinition
    where T : class
{
    public sealed override Type ResourceType => typeof(T);

    /// <summary>
    /// Gets the fields. The first field is the id. A SELECT returns the columns of the fields in this order. A field without a column is
    /// left out.
    /// </summary>
    public abstract override IReadOnlyList<Field<T>> Fields { get; }

    /// <summary>Gets the SQL text that follows FROM: the table with its alias, such as <c>steps AS step</c>.</summary>
    public abstract string Table { get; }

    /// <summary>Gets the table's alias, such as <c>step</c>.</summary>
    public abstract string Alias { get; }

    /// <summary>Gets the column of the id, such as <c>step.id</c>.</summary>
    public string IdColumn => Fields[0].Column!;

    /// <summary>Gets the fields that identify a resource. An ORDER BY ends with them, so that the order of the resources is always the same.</summary>
    // Several threads may create the list at the same time. These lists are equal, so it does not matter which one is kept.
    public virtual IReadOnlyList<Field<T>> Keys => field ??= [Fields[0]];

    /// <summary>Gets the SQL text of the columns in <see cref="SelectList"/>.</summary>
    public string Columns => SelectList.Text;

    /// <summary>
    /// Gets the columns that a SELECT returns, without the columns of details. A detail is data from another table, such as a tag of a
    /// builder.
    /// </summary>
    // Several threads may create a list at the same time. These lists are equal, so it does not matter which one is kept.
    public SelectList<T> SelectList => field ??= CreateSelectList();

    /// <summary>Returns the id of a resource.</summary>
    public abstract long IdOf(T resource);

    /// <summary>Returns the id of the resource's owner. Call this method only if the type has an <see cref="ResourceDefinition.Owner"/>.</summary>
    public virtual long OwnerIdOf(T resource) => throw new InvalidOperationException($"A {Kind} has no owner.");

    public sealed override long? FindId(object resource) => IdOf((T)resource);

    /// <summary>Creates the object that converts the rows of a SELECT to resources with the selected properties.</summary>
    public virtual ResourceSink<T> CreateSink(PropertySelection properties) => new SingleRowResourceSink<T>(SelectList);

    /// <summary>Appends a comma and the columns of the detail tables to a SELECT. Does nothing if the SELECT returns no details.</summary>
    public virtual void AppendDetailColumns(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Appends the LEFT JOINs of the detail tables to a SELECT. Does nothing if the SELECT returns no details.</summary>
    public virtual void AppendDetailJoins(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Returns the column by which a SELECT orders the details of each resource. Null if the SELECT returns no details.</summary>
    public virtual string? DetailOrderColumn(PropertySelection properties) => null;

    /// <summary>Creates the list of the columns that a SELECT returns: <c>SelectLists.FromFields(Fields)</c>.</summary>
    // Only a derived class knows the type of the resource, whose properties trimming must keep.
    protected abstract SelectList<T> CreateSelectList();
}
