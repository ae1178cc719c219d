using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Caches the transactions that consist of a single statement: one for each text of an update, and for each combination of the kinds of its
/// values. Must be used with one connection only. Not thread-safe.
/// </summary>
internal sealed class OneStatementTransactionCache
{
    private const int MaxTransactions = 200;
    private const int MaxValues = 32;

    private readonly Dictionary<(string Text, ulong Kinds), OneStatementTransaction> _transactions = [];

    /// <summary>Returns the transaction for an update. Creates the transaction if it is not in the cache.</summary>
    /// <param name="update">An UPDATE of one row. Its first parameter is the id of the row.</param>
    /// <returns>The transaction; null if the update has more than 32 values.</returns>
    public OneStatementTransaction? GetOrCreate(UnsentStatement update)
    {
        if (update.Values.Length > MaxValues)
            return null;

        (string, ulong) key = (update.Text, CombineKinds(update.Values));
        if (_transactions.TryGetValue(key, out OneStatementTransaction? cached))
            return cached;

        if (_transactions.Count == MaxTransactions)
            _transactions.Clear();
        return _transactions[key] = new OneStatementTransaction(update);
    }

    // There are four kinds, so each takes two bits.
    private static ulong CombineKinds(SqlValue[] values)
    {
        ulong kinds = 0;
        foreach (SqlValue value in values)
            kinds = (kinds << 2) | (ulong)value.Kind;
        return kinds;
    }
}
