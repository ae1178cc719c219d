using BuildData.Stores;

namespace BuildData.Sql;

/// <summary>
/// Represents an SQL expression that takes the place of a parameter in a statement, such as a subquery that returns an id.
/// </summary>
internal interface ISqlExpression
{
    /// <summary>Appends the expression to a statement.</summary>
    void AppendTo(SqlBuilder sql);
}
