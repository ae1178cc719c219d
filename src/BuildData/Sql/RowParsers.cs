using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using BuildData.Sql;
using Dapper;

namespace BuildData.Stores;

/// <summary>Caches the functions that convert the rows of one statement to objects. The key is the type of the row and its first column.</summary>
[Experimental(Seam.DiagnosticId)]
public sealed class RowParsers
{
    private readonly List<(Type Type, int Start, object Parser)> _parsers = [];
    private DbDataReader? _reader;

    /// <summary>Sets the reader for whose columns parsers are created. Call this before <see cref="Get"/>.</summary>
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
    public Func<DbDataReader, TRow> Get<[DynamicallyAccessedMembers(MappedMembers.All)] TRow>(int start = 0, int length = -1)
    {
        foreach ((Type type, int first, object parser) in _parsers)
        {
            if (type == typeof(TRow) && first == start)
                return (Func<DbDataReader, TRow>)parser;
        }

        Func<DbDataReader, TRow> made = DapperSwitch.UsesDapper
            ? CreateWithDapper<TRow>(_reader!, start, length)
            : TypedRowParsers.Create<TRow>(_reader!, start, length);
        _parsers.Add((typeof(TRow), start, made));
        return made;
    }

    private static Func<DbDataReader, TRow> CreateWithDapper<TRow>(DbDataReader reader, int start, int length)
    {
        if (!typeof(TRow).IsValueType && typeof(TRow) != typeof(string))
            return reader.GetRowParser<TRow>(startIndex: start, length: length);

        // Dapper's typed parsers support only classes. For a single column, Dapper's parser returns an object.
        Func<DbDataReader, object> parser = reader.GetRowParser(typeof(TRow), start, length);
        return row => (TRow)parser(row);
    }
}
