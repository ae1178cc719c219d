namespace BuildData;

/// <summary>What every error of BuildData derives from, wrong arguments aside: those are <see cref="ArgumentException"/>.</summary>
public abstract class BuildDataException : Exception
{
    private protected BuildDataException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
