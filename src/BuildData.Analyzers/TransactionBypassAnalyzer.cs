using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>
/// BD0004: reports update calls inside the function of a transaction, if the code calls them on the object that began the transaction.
/// </summary>
/// <remarks>
/// The rule does not examine functions inside the transaction's function, because these functions can run after the transaction. The rule
/// does not report updates of another master, because these updates do not wait for this transaction.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TransactionBypassAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.OuterUpdates];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (LibraryTypes.Find(start.Compilation) is { } types)
                start.RegisterOperationAction(context => Analyze(context, types), OperationKind.Invocation);
        });
    }

    private static void Analyze(OperationAnalysisContext context, LibraryTypes types)
    {
        var transaction = (IInvocationOperation)context.Operation;
        if (!IsUpdate(transaction, types) || transaction.TargetMethod.Name != "Transaction" || transaction.Instance is not { } instance)
            return;
        if (FunctionOf(transaction) is not { Symbol.Parameters.Length: 1 } function || MemberAccessChain.TryCreate(instance, types) is not { } outer)
            return;

        foreach (IInvocationOperation update in CallsIn(function.Body).Where(call => IsUpdate(call, types)))
        {
            if (update.Instance is { } used && outer.Equals(MemberAccessChain.TryCreate(used, types)))
                context.ReportDiagnostic(Diagnostic.Create(Rules.OuterUpdates, used.Syntax.GetLocation(), used.Syntax, function.Symbol.Parameters[0].Name));
        }
    }

    private static bool IsUpdate(IInvocationOperation call, LibraryTypes types) => SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Updates);

    private static IAnonymousFunctionOperation? FunctionOf(IInvocationOperation transaction)
    {
        foreach (IArgumentOperation argument in transaction.Arguments)
        {
            if (PathExpressionReader.WithoutConversions(argument.Value) is IDelegateCreationOperation { Target: IAnonymousFunctionOperation function })
                return function;
        }

        return null;
    }

    private static IEnumerable<IInvocationOperation> CallsIn(IOperation operation)
    {
        foreach (IOperation child in operation.ChildOperations)
        {
            if (child is IAnonymousFunctionOperation or ILocalFunctionOperation)
                continue;
            if (child is IInvocationOperation call)
                yield return call;
            foreach (IInvocationOperation inner in CallsIn(child))
                yield return inner;
        }
    }
}
