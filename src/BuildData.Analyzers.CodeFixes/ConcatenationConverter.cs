using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BuildData.Analyzers.CodeFixes;

/// <summary>Converts a concatenation of strings to one interpolated string.</summary>
internal static class ConcatenationConverter
{
    /// <summary>
    /// Returns the interpolated string. Returns null if an operand can't become a part of it. For example, a named constant can't, because
    /// the text of a hole would be percent-encoded.
    /// </summary>
    public static InterpolatedStringExpressionSyntax? ToInterpolatedString(ExpressionSyntax concatenation, SemanticModel model, CancellationToken cancellationToken)
    {
        concatenation = WithoutCasts(concatenation);
        if (concatenation is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments })
            concatenation = arguments.Last().Expression;        // string.Create(culture, $"…") and FormattableString.Invariant($"…")
        if (concatenation is InterpolatedStringExpressionSyntax whole)
            return whole.WithoutTrivia();

        var contents = new List<InterpolatedStringContentSyntax>();
        return TryAdd(concatenation, model, contents, cancellationToken)
            ? SyntaxFactory.InterpolatedStringExpression(SyntaxFactory.Token(SyntaxKind.InterpolatedStringStartToken), SyntaxFactory.List(contents))
            : null;
    }

    private static bool TryAdd(ExpressionSyntax value, SemanticModel model, List<InterpolatedStringContentSyntax> contents, CancellationToken cancellationToken)
    {
        value = WithoutCasts(value);
        switch (value)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                return TryAdd(sum.Left, model, contents, cancellationToken) && TryAdd(sum.Right, model, contents, cancellationToken);

            // The text of verbatim and raw strings would have to be escaped in another way.
            case InterpolatedStringExpressionSyntax { StringStartToken.RawKind: (int)SyntaxKind.InterpolatedStringStartToken } interpolated:
                contents.AddRange(interpolated.Contents);
                return true;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } literal when literal.Token.Text[0] == '"' && !literal.Token.Text.StartsWith("\"\"\"", StringComparison.Ordinal):
                string text = literal.Token.Text.Substring(1, literal.Token.Text.Length - 2).Replace("{", "{{").Replace("}", "}}");
                contents.Add(SyntaxFactory.InterpolatedStringText(SyntaxFactory.Token(default, SyntaxKind.InterpolatedStringTextToken, text, text, default)));
                return true;
            case InterpolatedStringExpressionSyntax or LiteralExpressionSyntax:
                return false;

            // The culture of the text may matter.
            case InvocationExpressionSyntax call when IsFormatting(call, model, cancellationToken):
                return false;
            default:
                if (model.GetConstantValue(value, cancellationToken).HasValue)
                    return false;

                // A colon of a conditional expression would begin a format.
                ExpressionSyntax hole = value.WithoutTrivia();
                contents.Add(SyntaxFactory.Interpolation(hole is ConditionalExpressionSyntax ? SyntaxFactory.ParenthesizedExpression(hole) : hole));
                return true;
        }
    }

    private static bool IsFormatting(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "Create" or "Invariant" or "CurrentCulture" };

    private static ExpressionSyntax WithoutCasts(ExpressionSyntax value)
    {
        while (true)
        {
            switch (value)
            {
                case ParenthesizedExpressionSyntax { Expression: not ConditionalExpressionSyntax } parenthesized:
                    value = parenthesized.Expression;
                    break;
                case CastExpressionSyntax { Type: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.StringKeyword } } cast:
                    value = cast.Expression;
                    break;
                default:
                    return value;
            }
        }
    }
}
