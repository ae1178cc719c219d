using BuildData.Stores;

namespace BuildData.Sql;

/// <summary>Represents an SQL expression that is more than one parameter, such as a subquery for an id.</summary>
internal interface ISqlExpression
{
    /// <summary>Appends the expression.</summary>
    void AppendTo(SqlBuilder sql);
}
