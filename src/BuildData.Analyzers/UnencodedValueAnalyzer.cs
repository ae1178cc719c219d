using System.Collections.Immutable;
using BuildData.Analyzers.Paths;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>BD0002: reports strings that are used as paths, and that contain inserted values without percent-encoding.</summary>
/// <remarks>
/// The rule reports a string only if an interpolated path with the same holes would be correct. So each hole must be a whole variable
/// segment, or the whole value of a parameter. A hole in another place may contain several segments or parameters on purpose.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class UnencodedValueAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.UnencodedValue];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (LibraryTypes.Find(start.Compilation) is { } types)
                start.RegisterOperationAction(context => Analyze(context, types), OperationKind.Conversion);
        });
    }

    private static void Analyze(OperationAnalysisContext context, LibraryTypes types)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (!SymbolEqualityComparer.Default.Equals(conversion.OperatorMethod?.ContainingType, types.DataPath))
            return;
        if (PathExpressionReader.ReadString(conversion.Operand, out IReadOnlyList<PathPart> parts) is not { BeginsWithHole: false } path)
            return;
        if (!EndpointPatterns.All.Any(endpoint => endpoint.MatchesWithHolesAsWholeSegments(path)) || !HolesAreWholeValues(path.Query))
            return;

        if (parts.FirstOrDefault(part => part.Hole is { } hole && MissingEncodingDetector.IsEncodingMissing(hole)).Hole is { } value)
            context.ReportDiagnostic(Diagnostic.Create(Rules.UnencodedValue, conversion.Operand.Syntax.GetLocation(), value.Syntax));
    }

    private static bool HolesAreWholeValues(IReadOnlyList<PathPart> query)
    {
        for (int i = 0; i < query.Count; i++)
        {
            if (query[i] is not { Hole: not null, IsNumber: false })
                continue;

            bool followsEquals = i > 0 && query[i - 1].Text?.EndsWith("=", StringComparison.Ordinal) == true;
            bool ends = i == query.Count - 1 || query[i + 1].Text?.StartsWith("&", StringComparison.Ordinal) == true;
            if (!followsEquals || !ends)
                return false;
        }

        return true;
    }
}
