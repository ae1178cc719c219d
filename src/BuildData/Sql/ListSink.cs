using System.Data.Common;
using BuildData.Stores;

namespace BuildData.Sql;

/// <summary>Collects rows as Dapper maps them.</summary>
internal sealed class ListSink<TRow> : RowSink
{
    private Func<DbDataReader, TRow>? _parser;

    public List<TRow> Rows { get; } = [];

    public override void Open(RowParsers parsers) => _parser = parsers.Get<TRow>();

    public override void Add(DbDataReader row) => Rows.Add(_parser!(row));
}
