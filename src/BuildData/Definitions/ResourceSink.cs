using System.Data.Common;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Converts the rows of a statement to resources.</summary>
internal abstract class ResourceSink<T> : RowSink
{
    public List<T> Resources { get; } = new(1);

    /// <summary>Called after the last row.</summary>
    public virtual void Complete()
    {
    }
}

/// <summary>Converts each row to one resource.</summary>
internal sealed class PlainSink<TRow, T>(Func<TRow, T> map) : ResourceSink<T>
{
    private Func<DbDataReader, TRow>? _parser;

    public override void Open(RowParsers parsers) => _parser = parsers.Get<TRow>();

    public override void Add(DbDataReader row) => Resources.Add(map(_parser!(row)));
}

/// <summary>
/// Converts several rows to one resource, one row for each detail. Each row begins with the resource's columns, its id first. A resource
/// without details has one row, whose first detail column is null.
/// </summary>
internal sealed class DetailedSink<TRow, TDetail, T>(int detailStart, Func<TRow, List<TDetail>, T> map) : ResourceSink<T>
    where TDetail : class
{
    private Func<DbDataReader, TRow>? _parser;
    private Func<DbDataReader, TDetail?>? _detailParser;
    private TRow? _current;
    private long _currentId = -1;
    private List<TDetail> _details = [];

    public override void Open(RowParsers parsers)
    {
        _parser = parsers.Get<TRow>(0, detailStart);
        _detailParser = parsers.Get<TDetail?>(detailStart, -1);
    }

    public override void Add(DbDataReader row)
    {
        long id = row.GetInt64(0);
        if (id != _currentId)
        {
            Complete();
            _currentId = id;
            _current = _parser!(row);
        }

        if (!row.IsDBNull(detailStart) && _detailParser!(row) is { } detail)
            _details.Add(detail);
    }

    public override void Complete()
    {
        if (_currentId == -1)
            return;

        Resources.Add(map(_current!, _details));
        _details = [];
        _currentId = -1;
    }
}
