using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>What PostgreSQL's SQL has of its own.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    public static readonly PostgreSqlDialect Instance = new();

    public override string PositionFunction => "strpos";

    public override string AscendingNulls => " NULLS FIRST";

    public override string DescendingNulls => " DESC NULLS LAST";

    public override bool HasSeveralWriters => true;

    // Not FOR UPDATE: that would wait for everybody who adds a row that refers to this one.
    public override string LockRows(string alias) => " FOR NO KEY UPDATE OF " + alias;
}
