namespace BuildData;

/// <summary>
/// The exception for a path that is malformed, that belongs to no endpoint or event, or that does not return the type which the
/// caller requested.
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
