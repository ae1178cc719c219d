using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Caches the texts of queries, each with the parsers of its rows. Not thread-safe.</summary>
internal sealed class QueryTextCache
{
    private const int MaxTexts = 500;

    private readonly Dictionary<string, (string Text, RowParsers Parsers)> _texts = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the text of a query as a string, and the parsers of its rows. Creates both for the first query with this text.
    /// </summary>
    public (string Text, RowParsers Parsers) GetOrAdd(SqlBuilder sql)
    {
        if (_texts.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out (string, RowParsers) cached))
            return cached;

        if (_texts.Count >= MaxTexts)
            _texts.Clear();
        string text = sql.Text.ToString();
        cached = (text, new RowParsers());
        _texts.Add(text, cached);
        return cached;
    }
}
