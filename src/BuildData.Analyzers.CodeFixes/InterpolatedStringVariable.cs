using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using Microsoft.CodeAnalysis.Text;

namespace BuildData.Analyzers.CodeFixes;

/// <summary>Represents a variable whose initial value is an interpolated string, and that is used as a path.</summary>
internal sealed class InterpolatedStringVariable
{
    private readonly LocalDeclarationStatementSyntax _declaration;
    private readonly InterpolatedStringExpressionSyntax _value;
    private readonly IReadOnlyList<IdentifierNameSyntax> _uses;
    private readonly SemanticModel _model;
    private readonly CancellationToken _cancellationToken;

    private InterpolatedStringVariable(
        LocalDeclarationStatementSyntax declaration,
        InterpolatedStringExpressionSyntax value,
        IReadOnlyList<IdentifierNameSyntax> uses,
        SemanticModel model,
        CancellationToken cancellationToken)
    {
        _declaration = declaration;
        _value = value;
        _uses = uses;
        _model = model;
        _cancellationToken = cancellationToken;
    }

    /// <summary>
    /// Gets whether the variable can have the type <c>DataPath</c>. The text of a <c>DataPath</c> can be read only once. A function can't
    /// capture a variable of this type, and an <c>await</c> can't keep it.
    /// </summary>
    public bool CanChangeTypeToDataPath => _uses.Count == 1 && IsPath(_uses[0]) && RunsOnceAfterDeclaration(_uses[0]) && !IsSuspendedBefore(_uses[0]) && !IsSuspendedAfter(_uses[0]);

    /// <summary>
    /// Gets whether the string can replace each use of the variable. This is the case if the holes of the string still have the same values
    /// at that use.
    /// </summary>
    public bool CanInlineIntoUses =>
        _uses.Any(IsPath)
        && _uses.Where(IsPath).All(use => !IsSuspendedAfter(use))
        && _value.Contents.OfType<InterpolationSyntax>().All(hole => IsStable(hole.Expression));

    // In a program without a class, statements are members. The scope of their variables is the file.
    private SyntaxNode Scope => ScopeOf(_declaration);

    /// <summary>Returns the variable to which a name refers; null if the initial value of the variable is not an interpolated string.</summary>
    public static InterpolatedStringVariable? Find(IdentifierNameSyntax name, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(name, cancellationToken).Symbol is not ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local)
            return null;
        if (local.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken) is not VariableDeclaratorSyntax
            {
                Initializer.Value: InterpolatedStringExpressionSyntax value,
                Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { Parent: not null } declaration },
            })
        {
            return null;
        }

        IdentifierNameSyntax[] uses =
        [
            .. ScopeOf(declaration).DescendantNodes().OfType<IdentifierNameSyntax>().Where(other =>
                other.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(other, cancellationToken).Symbol, local)),
        ];
        return new InterpolatedStringVariable(declaration, value, uses, model, cancellationToken);
    }

    /// <summary>Changes the declared type of the variable to <c>DataPath</c>.</summary>
    public SyntaxNode ChangeTypeToDataPath(SyntaxNode root)
    {
        TypeSyntax type = _declaration.Declaration.Type;
        TypeSyntax dataPath = SyntaxFactory.ParseTypeName("global::BuildData.DataPath").WithTriviaFrom(type).WithAdditionalAnnotations(Simplifier.Annotation);
        return root.ReplaceNode(type, dataPath);
    }

    /// <summary>
    /// Where the variable is used as a path, replaces the variable by the string. Removes the declaration if the variable has no other
    /// uses.
    /// </summary>
    public SyntaxNode InlineIntoUses(SyntaxNode root)
    {
        IdentifierNameSyntax[] paths = [.. _uses.Where(IsPath)];
        SyntaxNode declaration = _declaration.Parent is GlobalStatementSyntax member ? member : _declaration;
        SyntaxNode changed = root.TrackNodes([.. paths, declaration]);
        changed = changed.ReplaceNodes(paths.Select(use => changed.GetCurrentNode(use)!), (use, _) => _value.WithTriviaFrom(use));
        return paths.Length == _uses.Count ? Remove(changed, changed.GetCurrentNode(declaration)!) : changed;
    }

    // Removes the line of a statement, and keeps comments above it.
    private static SyntaxNode Remove(SyntaxNode root, SyntaxNode statement)
    {
        SyntaxTriviaList above = statement.GetLeadingTrivia();
        if (above.All(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)))
            return root.RemoveNode(statement, SyntaxRemoveOptions.KeepNoTrivia)!;

        var line = new SyntaxAnnotation();
        int indentation = above.Last().IsKind(SyntaxKind.WhitespaceTrivia) ? 1 : 0;
        root = root.ReplaceNode(statement, statement.WithLeadingTrivia(above.Take(above.Count - indentation)).WithAdditionalAnnotations(line));
        return root.RemoveNode(root.GetAnnotatedNodes(line).Single(), SyntaxRemoveOptions.KeepLeadingTrivia)!;
    }

    private static SyntaxNode ScopeOf(LocalDeclarationStatementSyntax declaration) =>
        declaration.Parent is GlobalStatementSyntax { Parent: { } file } ? file : declaration.Parent!;

    private bool IsPath(IdentifierNameSyntax use) =>
        use.Parent is ArgumentSyntax && _model.GetTypeInfo(use, _cancellationToken).ConvertedType is { Name: "DataPath", ContainingNamespace.Name: "BuildData" };

    private bool RunsOnceAfterDeclaration(IdentifierNameSyntax use) =>
        use.Ancestors().TakeWhile(ancestor => ancestor != Scope).All(ancestor => ancestor is not (
            ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or
            AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax));

    // An await around the use begins after the path has been read.
    private bool IsSuspendedBefore(IdentifierNameSyntax use) =>
        Scope.DescendantTokens(TextSpan.FromBounds(_declaration.Span.End, use.SpanStart))
            .Any(token => token.SpanStart >= _declaration.Span.End && IsAwaitOrYield(token) && !token.Parent!.Span.Contains(use.Span));

    // Arguments after the path are evaluated before the call reads it.
    private static bool IsSuspendedAfter(IdentifierNameSyntax use) =>
        use.FirstAncestorOrSelf<ArgumentListSyntax>() is { } arguments
        && arguments.DescendantTokens().Any(token => token.SpanStart > use.Span.End && IsAwaitOrYield(token));

    private static bool IsAwaitOrYield(SyntaxToken token) => token.IsKind(SyntaxKind.AwaitKeyword) || token.IsKind(SyntaxKind.YieldKeyword);

    // A name that nothing assigns to, or a member of one.
    private bool IsStable(ExpressionSyntax hole) => hole switch
    {
        LiteralExpressionSyntax => true,
        ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax member => IsStable(member.Expression) && IsStable(member.Name),
        IdentifierNameSyntax name => _model.GetSymbolInfo(name, _cancellationToken).Symbol switch
        {
            ILocalSymbol or IParameterSymbol => !IsAssigned(name),
            INamedTypeSymbol => true,
            IFieldSymbol field => field.IsReadOnly || field.IsConst,
            IPropertySymbol property => property is { IsStatic: false, SetMethod: null or { IsInitOnly: true } },
            _ => false,
        },
        _ => false,
    };

    private bool IsAssigned(IdentifierNameSyntax name) =>
        _model.GetOperation(name, _cancellationToken) is not { } operation
        || _model.GetSymbolInfo(name, _cancellationToken).Symbol is not { } symbol
        || VariableValueFinder.IsWritten(operation, symbol);
}
