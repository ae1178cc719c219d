namespace BuildData;

/// <summary>
/// Represents the base class of BuildData's exceptions. Invalid arguments are reported by <see cref="ArgumentException"/> instead.
/// </summary>
public abstract class BuildDataException : Exception
{
    private protected BuildDataException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
