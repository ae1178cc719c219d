using BuildData.Torture.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>Checks promises.</summary>
internal static class Promise
{
    /// <summary>Checks that something is true.</summary>
    /// <exception cref="ViolationException">It is false.</exception>
    public static void Holds(bool condition, string promise)
    {
        if (!condition)
            throw new ViolationException(promise);
    }

    /// <summary>Returns what a call returns; null if it throws the documented exception.</summary>
    public static T? Try<T, TException>(Func<T> call)
        where T : class
        where TException : Exception
    {
        try
        {
            return call();
        }
        catch (TException)
        {
            return null;
        }
    }
}
