using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Dapper;

namespace BuildData.Stores;

/// <summary>Caches the functions with which Dapper converts the rows of one statement. The key is the type of the row and its first column.</summary>
[Experimental(Seam.DiagnosticId)]
public sealed class RowParsers
{
    private readonly List<(Type Type, int Start, object Parser)> _parsers = [];
    private DbDataReader? _reader;

    /// <summary>Sets the reader from whose columns Dapper creates parsers. Call this before <see cref="Get"/>.</summary>
    public RowParsers On(DbDataReader reader)
    {
        _reader = reader;
        return this;
    }

    /// <summary>Returns a parser: a function that converts a range of columns to an object.</summary>
    /// <typeparam name="TRow">The type of the object.</typeparam>
    /// <param name="start">The index of the first column.</param>
    /// <param name="length">
    /// The number of columns; -1 for all columns from <paramref name="start"/>. Every call with the same type and start must pass the same
    /// length.
    /// </param>
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
