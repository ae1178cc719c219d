using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using BuildData.Sql;
using Dapper;

namespace BuildData.Stores;

/// <summary>Creates and caches the parsers for the rows of one query.</summary>
/// <remarks>
/// A parser is a function that converts neighbouring columns of a row to an object. The key of a cached parser is the type of the object
/// and the index of the first column.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
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
    /// The number of columns; -1 for all columns from <paramref name="start"/>. This number is not part of the key. So two calls with the
    /// same type and the same first column must pass the same number.
    /// </param>
    /// <returns>The function. Its argument is a reader that is positioned on the row.</returns>
    public Func<DbDataReader, TRow> Get<[DynamicallyAccessedMembers(MembersKeptByTrimming.ConstructorAndProperties)] TRow>(int start = 0, int length = -1)
    {
        foreach ((Type type, int first, object parser) in _parsers)
        {
            if (type == typeof(TRow) && first == start)
                return (Func<DbDataReader, TRow>)parser;
        }

        Func<DbDataReader, TRow> made = DapperFeatureSwitch.CanUseDapper
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
