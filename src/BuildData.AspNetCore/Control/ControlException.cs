namespace BuildData.AspNetCore;

/// <summary>The exception with which a callback of the host program refuses what a person has asked for. The person sees the message.</summary>
public sealed class ControlException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message to the person.</param>
    public ControlException(string message)
        : base(message)
    {
    }
}
