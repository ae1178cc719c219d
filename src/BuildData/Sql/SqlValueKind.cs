namespace BuildData.Stores;

/// <summary>What a <see cref="SqlValue"/> is.</summary>
public enum SqlValueKind
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>A whole number of 64 bits.</summary>
    Number,

    /// <summary>A text, which may hold any code point, U+0000 included.</summary>
    Text,
}
