namespace BuildData.Definitions;

internal enum FieldType
{
    Integer,
    Flag,
    Text,
    Time,
    Result,

    /// <summary>A list or a map. It can be selected, but a query can't order by it.</summary>
    Structure,
}
