using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>
/// Represents an expression with which code reaches an object, such as <c>master.Data.Updates</c>: a variable, parameter or field, followed
/// by members. Equal chains in one function reach the same object.
/// </summary>
internal sealed class MemberAccessChain : IEquatable<MemberAccessChain>
{
    private readonly ImmutableArray<ISymbol> _symbols;

    private MemberAccessChain(ImmutableArray<ISymbol> symbols)
    {
        _symbols = symbols;
    }

    /// <summary>Returns the chain of an expression; null if the expression can reach different objects at different times.</summary>
    public static MemberAccessChain? TryCreate(IOperation value, LibraryTypes types)
    {
        var symbols = ImmutableArray.CreateBuilder<ISymbol>();
        return Add(value, types, symbols) ? new MemberAccessChain(symbols.ToImmutable()) : null;
    }

    public bool Equals(MemberAccessChain? other) => other is not null && _symbols.SequenceEqual(other._symbols, SymbolEqualityComparer.Default);

    public override bool Equals(object? obj) => Equals(obj as MemberAccessChain);

    public override int GetHashCode() => _symbols.Length;

    private static bool Add(IOperation value, LibraryTypes types, ImmutableArray<ISymbol>.Builder symbols)
    {
        value = PathExpressionReader.WithoutConversions(value);
        switch (value)
        {
            case ILocalReferenceOperation local when !VariableValueFinder.IsWritten(local, local.Local):
                // A copy of a chain is the same chain. A variable with another value is where a chain begins.
                if (VariableValueFinder.FindInitialValue(local) is not { } initial || !Add(initial, types, symbols))
                {
                    symbols.Clear();
                    symbols.Add(local.Local);
                }

                return true;
            case IParameterReferenceOperation parameter when !VariableValueFinder.IsWritten(parameter, parameter.Parameter):
                symbols.Add(parameter.Parameter);
                return true;
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance, Type: { } type }:
                symbols.Add(type);
                return true;
            case IFieldReferenceOperation field when field.Instance is null || Add(field.Instance, types, symbols):
                symbols.Add(field.Field);
                return true;
            case IPropertyReferenceOperation { Arguments.IsEmpty: true } property when IsStable(property.Property, types) && (property.Instance is null || Add(property.Instance, types, symbols)):
                symbols.Add(property.Property);
                return true;
            default:
                return false;
        }
    }

    // Properties of the library always return the same object, and so do properties that return a field.
    private static bool IsStable(IPropertySymbol property, LibraryTypes types) =>
        SymbolEqualityComparer.Default.Equals(property.ContainingAssembly, types.DataApi.ContainingAssembly)
        || property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
}
