using System.Data.Common;
using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Converts rows to resources, and reports the rows' versions, which are in the last column.</summary>
internal sealed class VersionedResourceSink<T>(ResourceSink<T> inner, Action<long, long> setVersion) : RowSink
{
    public List<T> Resources => inner.Resources;

    public override void Open(RowParsers parsers) => inner.Open(parsers);

    public override void Add(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        inner.Add(row);
        setVersion(row.GetInt64(0), row.GetInt64(row.FieldCount - 1));
    }

    public void Complete() => inner.Complete();
}
