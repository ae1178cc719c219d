using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BuildData.Analyzers.CodeFixes;

/// <summary>
/// Fixes BD0002. Converts an expression to one interpolated string. If a variable is used once, changes its type to <c>DataPath</c>.
/// Otherwise inserts the variable's string at each place where the variable is used as a path.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
internal sealed class UnencodedValueCodeFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.UnencodedValue.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Document document = context.Document;
        SyntaxNode? root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root?.FindNode(context.Span, getInnermostNodeForTie: true) is not ExpressionSyntax value || model is null)
            return;

        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (value is IdentifierNameSyntax name)
            {
                if (InterpolatedStringVariable.Find(name, model, context.CancellationToken) is not { } variable)
                    continue;
                if (variable.CanChangeTypeToDataPath)
                    Register("Declare the variable as DataPath", newRoot => variable.ChangeTypeToDataPath(newRoot), diagnostic);
                else if (variable.CanInlineIntoUses)
                    Register("Insert the interpolated string", newRoot => variable.InlineIntoUses(newRoot), diagnostic);
            }
            else if (ConcatenationConverter.ToInterpolatedString(value, model, context.CancellationToken) is { } joined)
            {
                Register("Use one interpolated string", newRoot => newRoot.ReplaceNode(value, joined.WithTriviaFrom(value)), diagnostic);
            }
        }

        void Register(string title, Func<SyntaxNode, SyntaxNode> change, Diagnostic diagnostic) =>
            context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(document.WithSyntaxRoot(change(root))), nameof(UnencodedValueCodeFix)), diagnostic);
    }
}
