namespace BuildData.Queries;

/// <summary>An order by one field. Nulls come first, and last where it is descending.</summary>
public sealed record Order
{
    /// <summary>An order by one field.</summary>
    /// <param name="field">The field's wire name, such as <c>number</c>.</param>
    /// <param name="descending">Whether from the greatest down.</param>
    public Order(string field, bool descending = false)
    {
        ArgumentNullException.ThrowIfNull(field);
        Field = field;
        Descending = descending;
    }

    /// <summary>The field's wire name.</summary>
    public string Field { get; }

    /// <summary>Whether from the greatest down.</summary>
    public bool Descending { get; }
}
