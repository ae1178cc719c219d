namespace BuildData.Queries;

/// <summary>Represents a column of an ORDER BY clause.</summary>
/// <param name="Text">The column or the SQL expression.</param>
/// <param name="Descending">Whether the order begins with the greatest value.</param>
/// <param name="IsNullable">Whether the column can contain null. Nulls come first in ascending order, and last in descending order.</param>
internal readonly record struct OrderColumn(string Text, bool Descending, bool IsNullable);
