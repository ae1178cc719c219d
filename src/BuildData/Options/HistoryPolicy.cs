namespace BuildData;

/// <summary>Specifies which builds <see cref="Updates.Prune"/> keeps. Immutable and thread-safe.</summary>
/// <remarks>The documentation page about history lists what goes and what stays.</remarks>
public sealed record HistoryPolicy
{
    /// <summary>The default of <see cref="AtLeastPerBuilder"/>.</summary>
    internal const int DefaultAtLeastPerBuilder = 10;

    /// <summary>Creates a policy.</summary>
    /// <param name="age">The time for which builds, build requests and buildsets are kept after they are complete. It must be positive.</param>
    /// <param name="atLeastPerBuilder">The number of newest builds of each builder to keep, whatever their age is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The age is not positive, or the number is negative.</exception>
    public HistoryPolicy(TimeSpan age, int atLeastPerBuilder = DefaultAtLeastPerBuilder)
    {
        Age = age;
        AtLeastPerBuilder = atLeastPerBuilder;
    }

    /// <summary>Gets the time for which builds, build requests and buildsets are kept after they are complete. It is positive.</summary>
    public TimeSpan Age
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>
    /// Gets the number of newest builds of each builder that are kept, whatever their age is. The newest build is kept even if the number is
    /// zero.
    /// </summary>
    public int AtLeastPerBuilder
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }
}
