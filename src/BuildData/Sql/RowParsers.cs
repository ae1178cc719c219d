using System.Data.Common;
using Dapper;

namespace BuildData.Stores;

/// <summary>Dapper's row parsers for one kept statement, made once per type and range of columns.</summary>
public sealed class RowParsers
{
    private readonly List<(Type Type, int Start, object Parser)> _parsers = [];
    private DbDataReader? _reader;

    /// <summary>Says which reader they are for.</summary>
    public RowParsers On(DbDataReader reader)
    {
        _reader = reader;
        return this;
    }

    /// <summary>Maps the columns from <paramref name="start"/> on, <paramref name="length"/> of them (-1: all), to a row of this type.</summary>
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

    // Dapper's typed parsers are for classes; of a single column it gives an object.
    private static Func<DbDataReader, TRow> Scalar<TRow>(Func<DbDataReader, object> parser) => row => (TRow)parser(row);
}
