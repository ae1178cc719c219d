using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>Finds out whether the value of a hole is text that is not percent-encoded.</summary>
internal static class MissingEncodingDetector
{
    // Names that show that a text is ready for a path, such as EscapeDataString, UrlEncode, Coerce, encodedName.
    private static readonly string[] Signs = ["escape", "encode", "coerce", "segment", "path", "url", "uri"];

    // Variables that are copies of each other.
    private const int MaxCopies = 8;

    /// <summary>Returns whether a value is text that is certainly not percent-encoded. Returns false if this is unknown.</summary>
    public static bool IsEncodingMissing(IOperation value) => IsEncodingMissing(value, MaxCopies);

    private static bool IsEncodingMissing(IOperation value, int copies)
    {
        value = PathExpressionReader.WithoutConversions(value);
        if (value.ConstantValue.HasValue || copies == 0)
            return false;

        switch (value)
        {
            case ILocalReferenceOperation local:
                return !HasSign(local.Local) && (VariableValueFinder.FindInitialValue(local) is { } initial ? IsEncodingMissing(initial, copies - 1) : IsText(value.Type));
            case IParameterReferenceOperation parameter:
                return !HasSign(parameter.Parameter) && IsText(value.Type);
            case IMemberReferenceOperation member:
                return !HasSign(member.Member) && IsText(value.Type);
            case IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } instance }:
                return IsEncodingMissing(instance, copies - 1);

            // What code of the same program returns is unknown.
            case IInvocationOperation call:
                return !HasSign(call.TargetMethod) && call.TargetMethod.DeclaringSyntaxReferences.IsEmpty && IsText(value.Type);
            case IArrayElementReferenceOperation or IAwaitOperation or ICoalesceOperation:
                return IsText(value.Type);
            default:
                return false;
        }
    }

    private static bool HasSign(ISymbol symbol) => Signs.Any(sign => symbol.Name.IndexOf(sign, StringComparison.OrdinalIgnoreCase) >= 0);

    // Text can contain every character. Times contain '/' and ' ', and a path has them as whole seconds.
    private static bool IsText(ITypeSymbol? type) =>
        type?.SpecialType is SpecialType.System_String or SpecialType.System_DateTime
        || type is { Name: "DateTimeOffset", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
