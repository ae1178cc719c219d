using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers;

/// <summary>Holds the types of BuildData in a compilation that references BuildData.</summary>
internal sealed class LibraryTypes
{
    private LibraryTypes(INamedTypeSymbol dataApi, INamedTypeSymbol dataPath, INamedTypeSymbol updates, INamedTypeSymbol buildRequestsResult)
    {
        DataApi = dataApi;
        DataPath = dataPath;
        Updates = updates;
        BuildRequestsResult = buildRequestsResult;
    }

    public INamedTypeSymbol DataApi { get; }

    public INamedTypeSymbol DataPath { get; }

    public INamedTypeSymbol Updates { get; }

    public INamedTypeSymbol BuildRequestsResult { get; }

    /// <summary>Returns the types; null if the compilation does not reference BuildData.</summary>
    public static LibraryTypes? Find(Compilation compilation) =>
        compilation.GetTypeByMetadataName("BuildData.DataApi") is { } dataApi
        && compilation.GetTypeByMetadataName("BuildData.DataPath") is { } dataPath
        && compilation.GetTypeByMetadataName("BuildData.Updates") is { } updates
        && compilation.GetTypeByMetadataName("BuildData.BuildRequestsResult") is { } buildRequestsResult
            ? new LibraryTypes(dataApi, dataPath, updates, buildRequestsResult)
            : null;

    /// <summary>Returns whether a type is the resource type of BuildData that has the given name.</summary>
    public bool IsResource(ITypeSymbol type, string name) => type.Name == name && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, DataApi.ContainingAssembly);
}
