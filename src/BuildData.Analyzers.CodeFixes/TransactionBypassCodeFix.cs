using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BuildData.Analyzers.CodeFixes;

/// <summary>Fixes BD0004: changes the code so that it calls the update on the parameter of the transaction's function.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class TransactionBypassCodeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.OuterUpdates.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Document document = context.Document;
        SyntaxNode? root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not ExpressionSyntax outer)
            return;

        // A transaction inside a transaction fails on the parameter too.
        if (outer.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Transaction" })
            return;
        if (ParameterOf(outer.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>()) is not { } parameter)
            return;

        string title = $"Use '{parameter}'";
        ExpressionSyntax inner = SyntaxFactory.IdentifierName(parameter.WithoutTrivia()).WithTriviaFrom(outer);
        foreach (Diagnostic diagnostic in context.Diagnostics)
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(outer, inner))), nameof(TransactionBypassCodeFix)), diagnostic);
    }

    // A delegate without a list of parameters has none that could be used.
    private static SyntaxToken? ParameterOf(AnonymousFunctionExpressionSyntax? function) => function switch
    {
        SimpleLambdaExpressionSyntax lambda => lambda.Parameter.Identifier,
        ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters.Count: 1 } lambda => lambda.ParameterList.Parameters[0].Identifier,
        AnonymousMethodExpressionSyntax { ParameterList.Parameters.Count: 1 } method => method.ParameterList!.Parameters[0].Identifier,
        _ => null,
    };
}
