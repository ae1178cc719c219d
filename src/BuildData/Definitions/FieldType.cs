namespace BuildData.Definitions;

internal enum FieldType
{
    Integer,
    Flag,
    Text,
    Time,
    Result,

    /// <summary>A list or a map: it can be selected, but not compared or ordered by.</summary>
    Structure,
}
