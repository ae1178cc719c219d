using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Dapper;

namespace BuildData.Stores;

/// <summary>Creates and caches the parsers for the rows of one query.</summary>
/// <remarks>
/// A parser is a function of Dapper that converts some neighbouring columns of a row to an object. The cache finds a parser by the type of
/// the object and the index of the first column.
/// </remarks>
[Experimental(Seam.DiagnosticId)]
public sealed class RowParsers
{
    private readonly List<(Type Type, int Start, object Parser)> _parsers = [];
    private DbDataReader? _reader;

    /// <summary>Sets the reader of the query's rows. Must be called before <see cref="Get"/>. Returns this object.</summary>
    public RowParsers On(DbDataReader reader)
    {
        _reader = reader;
        return this;
    }

    /// <summary>Returns a function that converts neighbouring columns of a row to an object.</summary>
    /// <typeparam name="TRow">The type of the object.</typeparam>
    /// <param name="start">The index of the first column.</param>
    /// <param name="length">
    /// The number of columns; -1 for all columns from <paramref name="start"/>. The cache ignores this number. So two calls with the same
    /// type and the same first column must pass the same number.
    /// </param>
    /// <returns>The function. Its argument is a reader that is positioned on the row.</returns>
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
