namespace BuildData.Stores;

/// <summary>A connection that runs queries for one caller at a time.</summary>
internal abstract class ReadSession
{
    private readonly SqlBuilder _sql = new();

    public abstract SqlDialect Dialect { get; }

    /// <summary>The session's statement builder, empty.</summary>
    public SqlBuilder Sql() => _sql.Clear();

    /// <summary>Runs a statement and hands its rows to the sink.</summary>
    public abstract ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken);

    /// <summary>Lets the statements up to <see cref="EndSnapshot"/> see the same state.</summary>
    public abstract ValueTask BeginSnapshot(CancellationToken cancellationToken);

    public abstract ValueTask EndSnapshot();

    /// <summary>Runs a statement and maps its rows with Dapper.</summary>
    public async ValueTask<List<TRow>> Rows<TRow>(SqlBuilder sql, CancellationToken cancellationToken)
    {
        var sink = new ListSink<TRow>();
        await Query(sql, sink, cancellationToken).ConfigureAwait(false);
        return sink.Rows;
    }
}
