namespace BuildData;

/// <summary>
/// The exception for an invalid path: the path is malformed, belongs to no endpoint or event, or returns another type than the caller has
/// requested.
/// </summary>
public sealed class InvalidPathException : BuildDataException
{
    internal InvalidPathException(string path, string reason)
        : base($"The path '{path}' is not valid: {reason}")
    {
        Path = path;
    }

    /// <summary>Gets the path as the caller passed it.</summary>
    public string Path { get; }
}
