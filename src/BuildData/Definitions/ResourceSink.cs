using System.Data.Common;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Converts the rows of a statement to resources.</summary>
internal abstract class ResourceSink<T> : RowSink
{
    /// <summary>Gets the resources of the rows that were added.</summary>
    public List<T> Resources { get; } = new(1);

    public sealed override void Open(RowParsers parsers)
    {
    }

    /// <summary>
    /// Adds the last resource to <see cref="Resources"/>. The caller must call this method after the last row, because this object can't
    /// know that no further row follows.
    /// </summary>
    public virtual void CompleteLastResource()
    {
    }
}

/// <summary>Converts each row to one resource.</summary>
/// <param name="columns">The columns of the rows.</param>
internal sealed class SingleRowResourceSink<T>(SelectList<T> columns) : ResourceSink<T>
{
    public override void Add(DbDataReader row) => Resources.Add(columns.Read(row));
}

/// <summary>
/// Converts several consecutive rows to one resource. For example, each row contains a builder (the owner) and one of its tags (the detail).
/// </summary>
/// <remarks>
/// A row contains the columns of the owner, and then the columns of the detail. The first column is the owner's id. If an owner has no
/// details, it has one row, and the first column of the detail is null.
/// </remarks>
/// <param name="owners">The columns of the owner.</param>
/// <param name="details">The columns of a detail.</param>
/// <param name="combine">Creates the resource from an owner and its details.</param>
internal sealed class MultiRowResourceSink<TOwner, TDetail, T>(
    SelectList<TOwner> owners, SelectList<TDetail> details, Func<TOwner, List<TDetail>, T> combine) : ResourceSink<T>
{
    private TOwner? _owner;
    private long _ownerId = -1;
    private List<TDetail> _details = [];

    public override void Add(DbDataReader row)
    {
        long id = row.GetInt64(0);
        if (id != _ownerId)
        {
            CompleteLastResource();
            _ownerId = id;
            _owner = owners.Read(row);
        }

        if (!row.IsDBNull(owners.Count))
            _details.Add(details.Read(row, owners.Count));
    }

    public override void CompleteLastResource()
    {
        if (_ownerId == -1)
            return;

        Resources.Add(combine(_owner!, _details));
        _details = [];
        _ownerId = -1;
    }
}
