using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>Defines a resource type that is stored in the rows of a table, possibly with details from other tables.</summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
internal abstract class TableDefinition<T> : ResourceDefinition
    where T : class
{
    public sealed override Type ResourceType => typeof(T);

    /// <summary>Gets the table with its alias: <c>steps AS s</c>.</summary>
    public abstract string Table { get; }

    /// <summary>Gets the table's alias: <c>s</c>.</summary>
    public abstract string Alias { get; }

    /// <summary>Gets the column of the id: <c>s.id</c>.</summary>
    public virtual string Key => Alias + ".id";

    /// <summary>Gets the columns that a SELECT returns, the id first: <c>s.id AS StepId, …</c>.</summary>
    public abstract string Columns { get; }

    /// <summary>Returns the id of a resource.</summary>
    public abstract long KeyOf(T resource);

    /// <summary>Creates a sink that converts rows to resources.</summary>
    public abstract ResourceSink<T> CreateSink(PropertySelection properties);

    /// <summary>Appends a comma and the columns of details, if there are any.</summary>
    public virtual void AppendDetailColumns(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Appends the LEFT JOINs of details, if there are any.</summary>
    public virtual void AppendDetailJoins(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Returns the order of details within a resource; null if there are none.</summary>
    public virtual string? DetailOrder(PropertySelection properties) => null;
}
