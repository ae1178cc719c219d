namespace BuildData;

/// <summary>A query parameter (of a query string or a <see cref="ResultSpec"/>) that is unknown, malformed or not possible here.</summary>
public sealed class InvalidQueryException : BuildDataException
{
    internal InvalidQueryException(string parameter, string reason)
        : base($"The query parameter '{parameter}' is not valid: {reason}")
    {
        Parameter = parameter;
    }

    /// <summary>The parameter that is wrong, as it was given (<c>results__ne</c>, <c>limit</c>, …).</summary>
    public string Parameter { get; }
}
