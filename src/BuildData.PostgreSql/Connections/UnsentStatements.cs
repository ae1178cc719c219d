using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Collects the statements of a session until they are sent in one round trip. Not thread-safe.</summary>
/// <remarks>
/// <para>
/// Some transactions never need the statements that begin a transaction. Therefore this class handles these statements in three steps:
/// </para>
/// <list type="bullet">
/// <item><see cref="StoreBeginStatements"/> stores the statements that begin a transaction.</item>
/// <item><see cref="AddBegin"/> adds the stored statements once, before all other statements.</item>
/// <item><see cref="ResetBegin"/> makes the next call of <see cref="AddBegin"/> add the stored statements again.</item>
/// </list>
/// </remarks>
internal sealed class UnsentStatements
{
    private readonly List<UnsentStatement> _statements = [];
    private IReadOnlyList<string>? _begin;
    private Func<IReadOnlyList<NpgsqlBatchCommand>>? _getFirstQueries;

    /// <summary>Gets the number of statements that have not been sent.</summary>
    public int Count => _statements.Count;

    /// <summary>Gets whether the statements that begin the transaction have been added or sent.</summary>
    public bool HasAddedBegin { get; private set; }

    /// <summary>Gets a statement that has not been sent.</summary>
    public UnsentStatement this[int index] => _statements[index];

    /// <summary>Stores the statements that begin a transaction. <see cref="AddBegin"/> adds these statements later.</summary>
    /// <param name="begin">The statements that begin the transaction.</param>
    /// <param name="getFirstQueries">
    /// Returns the queries that run after <paramref name="begin"/> and before all other statements. The results of these
    /// queries are ignored.
    /// </param>
    public void StoreBeginStatements(IReadOnlyList<string> begin, Func<IReadOnlyList<NpgsqlBatchCommand>> getFirstQueries) =>
        (_begin, _getFirstQueries, HasAddedBegin) = (begin, getFirstQueries, false);

    /// <summary>
    /// Adds the stored statements that begin the transaction, before all other statements. Adds nothing if the transaction has
    /// begun, or if nothing is stored.
    /// </summary>
    /// <returns>The number of queries among the added statements. Each of these queries returns a result.</returns>
    public int AddBegin()
    {
        if (HasAddedBegin || _begin is not { } begin)
            return 0;

        HasAddedBegin = true;
        IReadOnlyList<NpgsqlBatchCommand> firstQueries = _getFirstQueries!();
        _statements.InsertRange(0, [.. begin.Select(statement => new UnsentStatement(statement, [])), .. firstQueries.Select(query => new UnsentStatement(query))]);
        return firstQueries.Count;
    }

    /// <summary>Records that the transaction has ended on the server.</summary>
    public void ResetBegin() => HasAddedBegin = false;

    /// <summary>Adds a statement without parameters at the end.</summary>
    public void Add(string sql) => Add(sql, []);

    /// <summary>Adds a statement with values for its parameters at the end.</summary>
    public void Add(string sql, SqlValue[] values) => _statements.Add(new UnsentStatement(sql, values));

    /// <summary>Adds a command of the driver at the end.</summary>
    public void Add(NpgsqlBatchCommand command) => _statements.Add(new UnsentStatement(command));

    /// <summary>Adds statements before all others.</summary>
    public void AddFirst(IEnumerable<NpgsqlBatchCommand> commands) => _statements.InsertRange(0, commands.Select(command => new UnsentStatement(command)));

    /// <summary>Moves all statements to the end of a batch of the driver. The driver sends the statements of a batch together.</summary>
    public void MoveTo(NpgsqlBatch batch)
    {
        foreach (UnsentStatement statement in _statements)
            batch.BatchCommands.Add(statement.ToBatchCommand());
        _statements.Clear();
    }

    /// <summary>Discards all statements.</summary>
    public void Clear() => _statements.Clear();
}
