using BuildData.Queries;

namespace BuildData;

/// <summary>
/// The exception for a parameter of a query string or a <see cref="ResultSpec"/> that is unknown, malformed or not supported by the query.
/// </summary>
public sealed class InvalidQueryException : BuildDataException
{
    internal InvalidQueryException(string parameter, string reason)
        : base($"The query parameter '{parameter}' is not valid: {reason}")
    {
        Parameter = parameter;
    }

    /// <summary>Gets the name of the invalid parameter as the caller passed it, such as <c>results__ne</c>; <c>?</c> for the whole query string.</summary>
    public string Parameter { get; }
}
