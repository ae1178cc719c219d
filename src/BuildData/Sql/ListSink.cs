using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using BuildData.Stores;

namespace BuildData.Sql;

/// <summary>Adds the rows that a query returns to a list. Converts each row to a <typeparamref name="TRow"/>.</summary>
internal sealed class ListSink<[DynamicallyAccessedMembers(MembersKeptByTrimming.ConstructorAndProperties)] TRow> : RowSink
{
    private Func<DbDataReader, TRow>? _parser;

    public List<TRow> Rows { get; } = [];

    public override void Open(RowParsers parsers) => _parser = parsers.Get<TRow>();

    public override void Add(DbDataReader row) => Rows.Add(_parser!(row));
}
