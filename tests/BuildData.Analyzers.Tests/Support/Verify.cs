using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace BuildData.Analyzers.Tests;

/// <summary>Checks what analyzers report, and what code fixes change. Source code marks a report as <c>{|BD0001:code|}</c>.</summary>
internal static class Verify
{
    /// <summary>Checks that an analyzer reports the marked code and nothing else.</summary>
    public static Task Reports<TAnalyzer>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        new Test<TAnalyzer, EmptyCodeFixProvider>(source).RunAsync(CancellationToken.None);

    /// <summary>Checks that a code fix changes the file.</summary>
    public static Task Fixes<TAnalyzer, TCodeFix>(string source, string fixedSource, OutputKind kind = OutputKind.DynamicallyLinkedLibrary)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TCodeFix : CodeFixProvider, new() =>
        new Test<TAnalyzer, TCodeFix>(source) { FixedCode = fixedSource, TestState = { OutputKind = kind } }.RunAsync(CancellationToken.None);

    /// <summary>Checks that a code fix offers nothing for the marked code.</summary>
    public static Task FixesNothing<TAnalyzer, TCodeFix>(string source)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TCodeFix : CodeFixProvider, new() =>
        new Test<TAnalyzer, TCodeFix>(source) { FixedCode = source }.RunAsync(CancellationToken.None);

    private sealed class Test<TAnalyzer, TCodeFix> : CSharpCodeFixTest<TAnalyzer, TCodeFix, DefaultVerifier>
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TCodeFix : CodeFixProvider, new()
    {
        public Test(string source)
        {
            // The references are those of the running framework, so that nothing has to be downloaded.
            ReferenceAssemblies = new ReferenceAssemblies("net10.0");
            TestState.AdditionalReferences.AddRange(RunningFramework.References);
            TestCode = source;

            // A rule can have several messages.
            MarkupOptions = MarkupOptions.UseFirstDescriptor;
        }
    }
}
