using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>Finds the values of local variables that are assigned only once.</summary>
internal static class VariableValueFinder
{
    /// <summary>
    /// Returns the initial value of a variable. Returns null if the variable has no initial value, or if other code can change the
    /// variable.
    /// </summary>
    public static IOperation? FindInitialValue(ILocalReferenceOperation reference)
    {
        IOperation? value = null;
        foreach (IOperation operation in Root(reference).DescendantsAndSelf())
        {
            if (operation is IVariableDeclaratorOperation declarator && IsSame(declarator.Symbol, reference.Local))
                value = declarator.GetVariableInitializer()?.Value;
            else if (operation is ILocalReferenceOperation other && IsSame(other.Local, reference.Local) && IsWrite(other))
                return null;
        }

        return value;
    }

    /// <summary>Returns whether code of the same member assigns to a parameter or a variable after its declaration.</summary>
    public static bool IsWritten(IOperation reference, ISymbol symbol) =>
        Root(reference).DescendantsAndSelf().Any(operation => operation switch
        {
            ILocalReferenceOperation local => IsSame(local.Local, symbol) && IsWrite(local),
            IParameterReferenceOperation parameter => IsSame(parameter.Parameter, symbol) && IsWrite(parameter),
            _ => false,
        });

    private static bool IsSame(ISymbol symbol, ISymbol other) => SymbolEqualityComparer.Default.Equals(symbol, other);

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    private static bool IsWrite(IOperation reference)
    {
        // A variable that a deconstruction assigns is inside a tuple.
        IOperation target = reference;
        while (target.Parent is ITupleOperation tuple)
            target = tuple;

        return target.Parent switch
        {
            IAssignmentOperation assignment => assignment.Target == target,
            IIncrementOrDecrementOperation => true,
            IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
            IAddressOfOperation => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol.IsRef: true } } => true,

            // A path can be extended by calls of the methods that the compiler uses.
            IInvocationOperation call => call.Instance == target && call.TargetMethod.Name.StartsWith("Append", StringComparison.Ordinal),
            _ => false,
        };
    }
}
