using BuildData.Values;

namespace BuildData;

/// <summary>
/// The exception for an invalid path: the path is malformed, belongs to no endpoint or event, or returns another type than the caller has
/// requested.
/// </summary>
public sealed class InvalidPathException : BuildDataException
{
    internal InvalidPathException(string path, string reason)
        : base($"The path '{ShortText.Of(path)}' is not valid: {reason}")
    {
        Path = path;
    }

    /// <summary>Gets the path as the caller passed it. The message contains at most 200 characters of it.</summary>
    public string Path { get; }
}
