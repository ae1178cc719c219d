namespace BuildData.Queries;

/// <summary>
/// How a filter compares. A null is not equal to any value: it matches <see cref="NotEqual"/> and <see cref="NotIn"/>, and
/// nothing else.
/// </summary>
public enum FilterOperator
{
    /// <summary><c>eq</c>: equal to any of the values. A whole second is equal to every time within it.</summary>
    Equal,

    /// <summary><c>ne</c>: equal to none of the values.</summary>
    NotEqual,

    /// <summary><c>lt</c>: less than each of the values.</summary>
    LessThan,

    /// <summary><c>le</c>: at most each of the values.</summary>
    LessOrEqual,

    /// <summary><c>gt</c>: greater than each of the values.</summary>
    GreaterThan,

    /// <summary><c>ge</c>: at least each of the values.</summary>
    GreaterOrEqual,

    /// <summary>
    /// <c>contains</c>: a text that has each of the values as a plain, case-sensitive substring, or a list that has each of
    /// the values as an element.
    /// </summary>
    Contains,

    /// <summary><c>in</c>: equal to any of the values.</summary>
    In,

    /// <summary><c>notin</c>: equal to none of the values.</summary>
    NotIn,
}
