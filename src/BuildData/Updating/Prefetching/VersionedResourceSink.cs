using System.Data.Common;
using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Converts the rows of a query to resources, and reads the version of each row from the last column.</summary>
/// <param name="inner">Converts the other columns to resources.</param>
/// <param name="setVersion">Receives the id and the version of each row.</param>
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

    public void CompleteLastResource() => inner.CompleteLastResource();
}
