using BuildData.Analyzers.Paths;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>Reads paths from source code.</summary>
internal static class PathExpressionReader
{
    /// <summary>Returns the path that an expression of type <c>DataPath</c> creates; null if the path is known only at run time.</summary>
    public static PathTemplate? ReadDataPath(IOperation value)
    {
        var parts = new List<PathPart>();
        bool isKnown = value switch
        {
            IInterpolatedStringHandlerCreationOperation creation => AddHandler(creation.Content, parts, PathPart.OfEncodedHole),
            IConversionOperation { OperatorMethod: not null } conversion => AddConstant(conversion.Operand, parts),
            IInvocationOperation { TargetMethod.Name: "FromString", Arguments.Length: 1 } call => AddConstant(call.Arguments[0].Value, parts),
            _ => false,
        };

        if (isKnown)
            return PathTemplate.Parse(parts);
        return value is ILocalReferenceOperation local && VariableValueFinder.FindInitialValue(local) is { } initial && initial is not ILocalReferenceOperation ? ReadDataPath(initial) : null;
    }

    /// <summary>Returns the path that a string expression with holes creates; null if the expression has another form.</summary>
    public static PathTemplate? ReadString(IOperation value, out IReadOnlyList<PathPart> parts)
    {
        var all = new List<PathPart>();
        parts = all;
        value = WithoutConversions(value);
        if (value is ILocalReferenceOperation local)
        {
            if (VariableValueFinder.FindInitialValue(local) is not { } initial)
                return null;
            value = WithoutConversions(initial);
        }

        return !value.ConstantValue.HasValue && TryAddString(value, all) ? PathTemplate.Parse(all) : null;
    }

    /// <summary>Removes conversions around an expression, except conversions that call code of users. Returns the inner expression.</summary>
    public static IOperation WithoutConversions(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion)
            value = conversion.Operand;
        return value;
    }

    private static bool AddConstant(IOperation value, List<PathPart> parts)
    {
        if (value.ConstantValue is not { HasValue: true, Value: string text })
            return false;
        parts.Add(PathPart.OfText(text));
        return true;
    }

    private static bool AddHandler(IOperation content, List<PathPart> parts, Func<IOperation, bool, PathPart> createHole)
    {
        if (content is IInterpolatedStringAdditionOperation addition)
            return AddHandler(addition.Left, parts, createHole) && AddHandler(addition.Right, parts, createHole);
        if (content is not IInterpolatedStringOperation text)
            return false;

        foreach (IInterpolatedStringContentOperation part in text.Parts)
        {
            if (part is not IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { Arguments.IsEmpty: false } call })
                return false;

            IOperation value = call.Arguments[0].Value;
            if (call.TargetMethod.Name == "AppendFormatted")
                parts.Add(createHole(value, call.Arguments.Length > 1));
            else if (!AddConstant(value, parts))
                return false;
        }

        return true;
    }

    // Adds the parts of an expression that creates a string of several parts. Returns false if the expression has another form.
    private static bool TryAddString(IOperation value, List<PathPart> parts)
    {
        switch (value)
        {
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum:
                AddOperand(sum.LeftOperand, parts);
                AddOperand(sum.RightOperand, parts);
                return true;
            case IInterpolatedStringOperation interpolated:
                foreach (IInterpolatedStringContentOperation part in interpolated.Parts)
                {
                    if (part is IInterpolatedStringTextOperation text)
                        AddOperand(text.Text, parts);
                    else if (part is IInterpolationOperation hole)
                        parts.Add(RawHole(hole.Expression, hole.FormatString is not null || hole.Alignment is not null));
                }

                return true;

            // string.Create(culture, $"…") and FormattableString.Invariant($"…")
            case IInvocationOperation { TargetMethod: { Name: "Create", ContainingType.SpecialType: SpecialType.System_String }, Arguments.Length: 2 } call:
                return call.Arguments[1].Value is IInterpolatedStringHandlerCreationOperation creation && AddHandler(creation.Content, parts, RawHole);
            case IInvocationOperation { TargetMethod: { Name: "Invariant" or "CurrentCulture", ContainingType.Name: "FormattableString" }, Arguments.Length: 1 } call:
                return TryAddString(WithoutConversions(call.Arguments[0].Value), parts);
            default:
                return false;
        }
    }

    private static void AddOperand(IOperation value, List<PathPart> parts)
    {
        value = WithoutConversions(value);
        if (value.ConstantValue.HasValue || !TryAddString(value, parts))
            parts.Add(RawHole(value, isFormatted: false));
    }

    private static PathPart RawHole(IOperation value, bool isFormatted)
    {
        value = WithoutConversions(value);
        return !isFormatted && value.ConstantValue is { HasValue: true, Value: string text } ? PathPart.OfText(text) : PathPart.OfUnencodedHole(value, isFormatted);
    }
}
