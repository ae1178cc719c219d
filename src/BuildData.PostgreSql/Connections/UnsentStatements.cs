using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Collects the statements of a session until they are sent in one round trip. Not thread-safe.</summary>
/// <remarks>
/// <para>The statements that begin a transaction are added late:</para>
/// <list type="bullet">
/// <item><see cref="PrepareTransaction"/> records these statements, but adds none of them.</item>
/// <item><see cref="AddBegin"/> adds these statements when the transaction needs them.</item>
/// <item>
/// <see cref="RecordTransactionEnd"/> records that the transaction has ended on the server. The next call of <see cref="AddBegin"/>
/// then begins another one.
/// </item>
/// </list>
/// </remarks>
internal sealed class UnsentStatements
{
    private readonly List<NpgsqlBatchCommand> _commands = [];
    private IReadOnlyList<string>? _begin;
    private Func<IReadOnlyList<NpgsqlBatchCommand>>? _getFirstQueries;

    /// <summary>Gets the number of statements that have not been sent.</summary>
    public int Count => _commands.Count;

    /// <summary>Gets whether the statements that begin the transaction have been added or sent.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Gets a statement that has not been sent.</summary>
    public NpgsqlBatchCommand this[int index] => _commands[index];

    /// <summary>Prepares a transaction, without adding a statement.</summary>
    /// <param name="begin">The statements that begin the transaction.</param>
    /// <param name="getFirstQueries">
    /// Returns the queries that run right after <paramref name="begin"/>, before all writes. Their results are ignored.
    /// </param>
    public void PrepareTransaction(IReadOnlyList<string> begin, Func<IReadOnlyList<NpgsqlBatchCommand>> getFirstQueries) =>
        (_begin, _getFirstQueries, HasBegun) = (begin, getFirstQueries, false);

    /// <summary>
    /// Adds the statements that begin the prepared transaction, before all other statements. Adds nothing if the transaction
    /// has begun, or if no transaction is prepared.
    /// </summary>
    /// <returns>The number of first queries that were added. Each of them returns a result.</returns>
    public int AddBegin()
    {
        if (HasBegun || _begin is not { } begin)
            return 0;

        HasBegun = true;
        IReadOnlyList<NpgsqlBatchCommand> firstQueries = _getFirstQueries!();
        _commands.InsertRange(0, [.. begin.Select(statement => new NpgsqlBatchCommand(statement)), .. firstQueries]);
        return firstQueries.Count;
    }

    /// <summary>Records that the transaction has ended on the server.</summary>
    public void RecordTransactionEnd() => HasBegun = false;

    /// <summary>Adds a statement without parameters at the end.</summary>
    public void Add(string sql) => _commands.Add(new NpgsqlBatchCommand(sql));

    /// <summary>Adds a statement at the end.</summary>
    public void Add(NpgsqlBatchCommand command) => _commands.Add(command);

    /// <summary>Adds statements before all others.</summary>
    public void AddFirst(IEnumerable<NpgsqlBatchCommand> commands) => _commands.InsertRange(0, commands);

    /// <summary>Moves all statements to the end of a batch of the driver.</summary>
    public void MoveTo(NpgsqlBatch batch)
    {
        foreach (NpgsqlBatchCommand command in _commands)
            batch.BatchCommands.Add(command);
        _commands.Clear();
    }

    /// <summary>Discards all statements.</summary>
    public void Clear() => _commands.Clear();
}
