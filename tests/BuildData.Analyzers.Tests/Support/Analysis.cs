using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace BuildData.Analyzers.Tests;

/// <summary>Runs all analyzers.</summary>
internal static class Analysis
{
    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
        [new InvalidPathAnalyzer(), new UnencodedValueAnalyzer(), new IgnoredClaimResultAnalyzer(), new TransactionBypassAnalyzer()];

    /// <summary>Gets all rules.</summary>
    public static IEnumerable<DiagnosticDescriptor> Rules => Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics);

    /// <summary>Returns what the analyzers report about the files, as ids and messages. Code that does not compile is analyzed too.</summary>
    public static async Task<IReadOnlyList<string>> Of(params IReadOnlyList<string> files)
    {
        ImmutableArray<Diagnostic> reports = await Compile(files).WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync();
        return [.. reports.OrderBy(report => report.Location.SourceSpan.Start).Select(report => $"{report.Id}: {report.GetMessage(null)}")];
    }

    /// <summary>Returns the errors of the compiler in the files of a program.</summary>
    public static IReadOnlyList<Diagnostic> ErrorsOf(params IReadOnlyList<string> files) =>
        [.. Compile(files).GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)];

    private static CSharpCompilation Compile(IReadOnlyList<string> files)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        return CSharpCompilation.Create(
            "Analyzed",
            [.. files.Select(file => CSharpSyntaxTree.ParseText(file, options))],
            RunningFramework.References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication));
    }
}
