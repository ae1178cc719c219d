namespace BuildData;

/// <summary>Specifies which builds <see cref="Updates.Prune"/> keeps. Immutable and thread-safe.</summary>
/// <remarks>The page <c>history.md</c> of the documentation lists the resources that are removed and the resources that stay.</remarks>
public sealed record HistoryPolicy
{
    /// <summary>The default of <see cref="AtLeastPerBuilder"/>.</summary>
    internal const int DefaultAtLeastPerBuilder = 10;

    /// <summary>Creates a policy.</summary>
    /// <param name="age">The time for which builds, build requests and buildsets are kept after they are complete. The time must be positive.</param>
    /// <param name="atLeastPerBuilder">How many of the newest builds of each builder are kept, whatever their age is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The age is not positive, or the number is negative.</exception>
    public HistoryPolicy(TimeSpan age, int atLeastPerBuilder = DefaultAtLeastPerBuilder)
    {
        Age = age;
        AtLeastPerBuilder = atLeastPerBuilder;
    }

    /// <summary>Gets the time for which builds, build requests and buildsets are kept after they are complete. The time is positive.</summary>
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
    /// Gets how many of the newest builds of each builder are kept, whatever their age is. The newest build is kept even if this number is
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
