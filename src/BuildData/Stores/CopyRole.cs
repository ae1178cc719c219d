using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Specifies whether a copy reads a store or writes it.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public enum CopyRole
{
    /// <summary>The copy reads the store.</summary>
    Source,

    /// <summary>The copy writes the store.</summary>
    Target,
}
