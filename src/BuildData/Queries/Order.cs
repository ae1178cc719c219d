namespace BuildData.Queries;

/// <summary>Represents an order by one field. Null values come first in ascending order, and last in descending order. Immutable.</summary>
public sealed record Order
{
    /// <summary>Creates an order by one field.</summary>
    /// <param name="field">The name of the field in JSON and in query strings, such as <c>number</c>.</param>
    /// <param name="descending">True to begin with the greatest value.</param>
    public Order(string field, bool descending = false)
    {
        ArgumentNullException.ThrowIfNull(field);
        Field = field;
        Descending = descending;
    }

    /// <summary>Gets the field's wire name.</summary>
    public string Field { get; }

    /// <summary>Gets whether the order begins with the greatest value.</summary>
    public bool Descending { get; }
}
