namespace BuildData;

/// <summary>
/// The base class of all exceptions that this library defines. For invalid arguments, methods throw <see cref="ArgumentException"/> instead.
/// </summary>
public abstract class BuildDataException : Exception
{
    private protected BuildDataException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
