namespace BuildData;

/// <summary>A path that no endpoint (or no event) has, that is malformed, or that returns something else than was asked for.</summary>
public sealed class InvalidPathException : BuildDataException
{
    internal InvalidPathException(string path, string reason)
        : base($"The path '{path}' is not valid: {reason}")
    {
        Path = path;
    }

    /// <summary>The path as it was given.</summary>
    public string Path { get; }
}
