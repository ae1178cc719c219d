namespace BuildData.Queries;

/// <summary>Specifies how few rows a filter usually selects.</summary>
internal enum StatementStartRank
{
    /// <summary>A branch, which can have most of all builds.</summary>
    Branch,

    /// <summary>The value of a property.</summary>
    Property,

    /// <summary>A revision, which has only a few builds.</summary>
    Revision,
}
