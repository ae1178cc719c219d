namespace BuildData.Definitions;

/// <summary>Specifies how the value of a field is stored and compared.</summary>
internal enum FieldType
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>True or false, stored as 1 or 0.</summary>
    Flag,

    /// <summary>Text, compared by code points.</summary>
    Text,

    /// <summary>A time, stored as microseconds since 1970.</summary>
    Time,

    /// <summary>A <see cref="BuildResult"/>, stored as its number.</summary>
    Result,

    /// <summary>A list or a map. A query can select it, but can't order by it.</summary>
    Structure,
}
