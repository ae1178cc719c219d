namespace BuildData.Queries;

/// <summary>
/// Specifies how a filter compares a field with the filter's values. A field that is null matches only <see cref="NotEqual"/> and
/// <see cref="NotIn"/>.
/// </summary>
public enum FilterOperator
{
    /// <summary><c>eq</c>: equal to at least one of the values. If the value is a whole second, it matches all times within that second.</summary>
    Equal,

    /// <summary><c>ne</c>: equal to none of the values.</summary>
    NotEqual,

    /// <summary><c>lt</c>: less than each of the values.</summary>
    LessThan,

    /// <summary><c>le</c>: less than or equal to each of the values.</summary>
    LessOrEqual,

    /// <summary><c>gt</c>: greater than each of the values.</summary>
    GreaterThan,

    /// <summary><c>ge</c>: greater than or equal to each of the values.</summary>
    GreaterOrEqual,

    /// <summary>
    /// <c>contains</c>: a text that contains each of the values as a case-sensitive substring, or a list that contains each of the values
    /// as an element.
    /// </summary>
    Contains,

    /// <summary><c>in</c>: equal to at least one of the values.</summary>
    In,

    /// <summary><c>notin</c>: equal to none of the values.</summary>
    NotIn,
}
