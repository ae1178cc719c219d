using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>BD0003: reports calls that claim or complete build requests, if the code ignores the result of the call.</summary>
/// <remarks>The rule does not report a discard (<c>_ = await …</c>), because the discard states that the result does not matter.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class IgnoredClaimResultAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.IgnoredResult];

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
        var call = (IInvocationOperation)context.Operation;
        if (SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.Updates)
            && call.TargetMethod.ReturnType is INamedTypeSymbol { TypeArguments.Length: 1 } task
            && SymbolEqualityComparer.Default.Equals(task.TypeArguments[0], types.BuildRequestsResult)
            && IsIgnored(call))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.IgnoredResult, call.Syntax.GetLocation(), call.TargetMethod.Name));
        }
    }

    // Follows the task through its own methods that return it or wait for it. An argument has another parent.
    private static bool IsIgnored(IOperation value) => value.Parent switch
    {
        IExpressionStatementOperation => true,
        IAwaitOperation await => IsIgnored(await),
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WaitAsync" or "Wait" or "GetAwaiter" or "GetResult" } call => IsIgnored(call),
        _ => false,
    };
}
