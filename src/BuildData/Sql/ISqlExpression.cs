using BuildData.Stores;

namespace BuildData.Sql;

/// <summary>Represents a value that is written into a statement as an SQL expression, such as a subquery that returns an id.</summary>
internal interface ISqlExpression
{
    /// <summary>Appends the expression to a statement.</summary>
    void AppendTo(SqlBuilder sql);
}
