using BuildData.Analyzers.Paths;
using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers;

/// <summary>Represents the result that a call of a query method expects from an endpoint.</summary>
internal sealed class ExpectedEndpointResult
{
    private readonly IMethodSymbol _method;
    private readonly LibraryTypes _types;

    // Null if the call accepts every resource type, or the type is known only at run time.
    private readonly ITypeSymbol? _type;

    // Null if the call accepts both.
    private readonly bool? _isCollection;

    private ExpectedEndpointResult(IMethodSymbol method, LibraryTypes types)
    {
        _method = method;
        _types = types;
        if (method.TypeArguments.FirstOrDefault() is not INamedTypeSymbol { TypeKind: not TypeKind.Error } type)
            return;

        _type = type;
        _isCollection = method.Name switch
        {
            "Get" or "WaitFor" => false,
            "GetAll" or "Count" or "Stream" => true,
            _ => null,
        };
    }

    /// <summary>Gets the call as it is shown in messages, such as <c>Get&lt;Build&gt;</c>.</summary>
    public string CallText => $"{_method.Name}<{_type?.Name}>";

    public static ExpectedEndpointResult OfQueryMethod(IMethodSymbol method, LibraryTypes types) => new(method, types);

    /// <summary>Returns whether an endpoint returns the result that the call expects.</summary>
    public bool IsReturnedBy(EndpointPattern endpoint) =>
        _type is null || (_types.IsResource(_type, endpoint.TypeName) && (_isCollection is null || _isCollection == endpoint.IsCollection));

    /// <summary>Returns the text of a call that fits an endpoint. The call has the same method name if possible.</summary>
    public string SuggestCallTextFor(EndpointPattern endpoint)
    {
        string other = endpoint.IsCollection ? "GetAll" : "Get";
        string method = _isCollection is null || _isCollection == endpoint.IsCollection ? _method.Name : other;
        return $"{method}<{endpoint.TypeName}>";
    }
}
