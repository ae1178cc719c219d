namespace BuildData.Stores;

/// <summary>What stores' SQL does not agree on. The defaults are SQLite's.</summary>
internal class SqlDialect
{
    /// <summary>Opens the test whether a text contains another, both to be given as arguments: positive if so.</summary>
    public virtual string PositionFunction => "instr";

    /// <summary>Comes behind an ascending order, to put nulls first.</summary>
    public virtual string AscendingNulls => "";

    /// <summary>Comes behind a descending order, to put nulls last.</summary>
    public virtual string DescendingNulls => " DESC";
}
