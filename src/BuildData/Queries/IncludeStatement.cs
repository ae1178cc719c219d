using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Represents a statement that reads the related data of all resources of a page.</summary>
/// <typeparam name="T">The type of the resources to which the data belongs.</typeparam>
internal abstract class IncludeStatement<T>
    where T : class
{
    /// <summary>Gets the statement.</summary>
    public SqlBuilder Sql { get; } = new();

    /// <summary>Gets the object that receives the rows.</summary>
    public abstract RowSink Sink { get; }

    /// <summary>Converts the rows after the last one was received. Returns the number of related resources.</summary>
    public abstract int Complete();

    /// <summary>Returns a resource of the page together with its data. Call <see cref="Complete"/> before.</summary>
    public abstract T AddTo(T resource);
}
