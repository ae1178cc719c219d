using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Specifies the kind of a <see cref="SqlValue"/>.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public enum SqlValueKind
{
    /// <summary>No value.</summary>
    Null,

    /// <summary>A 64-bit integer.</summary>
    Number,

    /// <summary>A text, which may contain any code point, including U+0000.</summary>
    Text,

    /// <summary>Bytes.</summary>
    Bytes,
}
