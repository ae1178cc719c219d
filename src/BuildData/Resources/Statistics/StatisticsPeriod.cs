namespace BuildData;

/// <summary>Specifies the length of the periods into which statistics divide the time. Periods are in UTC.</summary>
public enum StatisticsPeriod
{
    /// <summary>One hour.</summary>
    Hour,

    /// <summary>One day. A day begins at midnight.</summary>
    Day,

    /// <summary>One week. A week begins on Monday at midnight.</summary>
    Week,
}
