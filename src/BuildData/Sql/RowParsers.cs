using System.Data.Common;
using Dapper;

namespace BuildData.Stores;

/// <summary>Caches Dapper's row parsers for one prepared statement, by type and range of columns.</summary>
public sealed class RowParsers
{
    private readonly List<(Type Type, int Start, object Parser)> _parsers = [];
    private DbDataReader? _reader;

    /// <summary>Sets the reader that the parsers read.</summary>
    public RowParsers On(DbDataReader reader)
    {
        _reader = reader;
        return this;
    }

    /// <summary>Returns a parser that maps a range of columns to a row.</summary>
    /// <typeparam name="TRow">The type of the row.</typeparam>
    /// <param name="start">The index of the first column.</param>
    /// <param name="length">The number of columns; -1 for all columns from <paramref name="start"/>.</param>
    /// <returns>The parser.</returns>
    public Func<DbDataReader, TRow> Get<TRow>(int start = 0, int length = -1)
    {
        foreach ((Type type, int first, object parser) in _parsers)
        {
            if (type == typeof(TRow) && first == start)
                return (Func<DbDataReader, TRow>)parser;
        }

        Func<DbDataReader, TRow> made = typeof(TRow).IsValueType || typeof(TRow) == typeof(string)
            ? Scalar<TRow>(_reader!.GetRowParser(typeof(TRow), start, length))
            : _reader!.GetRowParser<TRow>(startIndex: start, length: length);
        _parsers.Add((typeof(TRow), start, made));
        return made;
    }

    // Dapper's typed parsers support only classes. For a single column, Dapper's parser returns an object.
    private static Func<DbDataReader, TRow> Scalar<TRow>(Func<DbDataReader, object> parser) => row => (TRow)parser(row);
}
