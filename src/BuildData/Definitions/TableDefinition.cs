using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>A resource that is a table's rows, perhaps with details from others. <typeparamref name="T"/> is its public type.</summary>
internal abstract class TableDefinition<T> : ResourceDefinition
    where T : class
{
    public sealed override Type ResourceType => typeof(T);

    /// <summary>The table and its alias: <c>steps AS s</c>.</summary>
    public abstract string Table { get; }

    /// <summary>The table's alias, and all its columns by it: <c>s</c>.</summary>
    public abstract string Alias { get; }

    /// <summary>The id's column: <c>s.id</c>.</summary>
    public virtual string Key => Alias + ".id";

    /// <summary>What the rows are made of, the id first: <c>s.id AS StepId, …</c>.</summary>
    public abstract string Columns { get; }

    /// <summary>A resource's id.</summary>
    public abstract long KeyOf(T resource);

    /// <summary>What turns rows into resources.</summary>
    public abstract ResourceSink<T> CreateSink(PropertySelection properties);

    /// <summary>Appends the columns of details, if there are any, with a comma in front.</summary>
    public virtual void AppendDetailColumns(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>Appends the LEFT JOINs of details, if there are any.</summary>
    public virtual void AppendDetailJoins(SqlBuilder sql, PropertySelection properties)
    {
    }

    /// <summary>The order of details within a resource, or null if there are none.</summary>
    public virtual string? DetailOrder(PropertySelection properties) => null;
}
