using System.Collections.Immutable;
using BuildData.Analyzers.Paths;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>BD0001: reports paths that no endpoint has. Also reports calls that expect another result than the endpoint returns.</summary>
/// <remarks>A hole can stand for any value of its type. The rule reports a path only if the path is invalid for all values of its holes.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class InvalidPathAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.NoEndpoint, Rules.WrongResult];

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
        if (!SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, types.DataApi))
            return;

        IArgumentOperation? argument = call.Arguments.FirstOrDefault(argument => SymbolEqualityComparer.Default.Equals(argument.Parameter?.Type, types.DataPath));
        if (argument is null || PathExpressionReader.ReadDataPath(argument.Value) is not { BeginsWithHole: false } path)
            return;

        EndpointPattern[] matches = [.. EndpointPatterns.All.Where(endpoint => endpoint.CanMatch(path))];
        ExpectedEndpointResult expected = ExpectedEndpointResult.OfQueryMethod(call.TargetMethod, types);
        if (matches.Length == 0)
        {
            string nearest = SimilarEndpointFinder.Find(path, expected.IsReturnedBy).Path;
            context.ReportDiagnostic(Diagnostic.Create(Rules.NoEndpoint, argument.Value.Syntax.GetLocation(), path.Display, nearest));
        }
        else if (!matches.Any(expected.IsReturnedBy))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.WrongResult,
                argument.Value.Syntax.GetLocation(),
                path.Display,
                matches[0].IsCollection ? $"a collection of {matches[0].TypeName}" : $"one {matches[0].TypeName}",
                expected.SuggestCallTextFor(matches[0]),
                expected.CallText));
        }
    }
}
