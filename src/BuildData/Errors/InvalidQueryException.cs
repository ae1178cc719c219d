using BuildData.Queries;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// The exception for an invalid query parameter: the parameter is unknown, malformed or not supported by the query. The parameter comes from a
/// query string or from a <see cref="ResultSpec"/>.
/// </summary>
public sealed class InvalidQueryException : BuildDataException
{
    internal InvalidQueryException(string parameter, string reason)
        : base($"The query parameter '{ShortText.Of(parameter)}' is not valid: {reason}")
    {
        Parameter = parameter;
    }

    /// <summary>
    /// Gets the name of the invalid parameter as the caller passed it, such as <c>results__ne</c>. If the whole query string is invalid, this
    /// is <c>?</c>.
    /// </summary>
    public string Parameter { get; }
}
