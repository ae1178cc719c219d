namespace BuildData.Definitions;

/// <summary>Specifies how the value of a field is stored and compared.</summary>
internal enum FieldType
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>True or false, stored as 1 or 0.</summary>
    Flag,

    /// <summary>Text, compared by the numbers of its Unicode code points.</summary>
    Text,

    /// <summary>A time, stored as whole microseconds since 1970.</summary>
    Time,

    /// <summary>A <see cref="BuildResult"/>, stored as its number.</summary>
    Result,

    /// <summary>A decimal number, stored as a whole number of small units. For example, seconds are stored as microseconds.</summary>
    Decimal,

    /// <summary>A list or an object, which is a JSON array or object in the wire form. A query can't order by the field.</summary>
    Json,
}
