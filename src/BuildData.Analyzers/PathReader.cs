using BuildData.Analyzers.Paths;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BuildData.Analyzers;

/// <summary>Reads paths from source code.</summary>
internal static class PathReader
{
    /// <summary>Returns the path that an expression of type <c>DataPath</c> creates; null if it is known only at run time.</summary>
    public static PathTemplate? OfDataPath(IOperation value)
    {
        var parts = new List<PathPart>();
        bool isKnown = value switch
        {
            IInterpolatedStringHandlerCreationOperation creation => AddHandler(creation.Content, parts),
            IConversionOperation { OperatorMethod: not null } conversion => AddConstant(conversion.Operand, parts),
            IInvocationOperation { TargetMethod.Name: "FromString", Arguments.Length: 1 } call => AddConstant(call.Arguments[0].Value, parts),
            _ => false,
        };

        if (isKnown)
            return PathTemplate.Parse(parts);
        return value is ILocalReferenceOperation local && LocalValue.Of(local) is { } initial && initial is not ILocalReferenceOperation ? OfDataPath(initial) : null;
    }

    /// <summary>Returns the path that a string expression with holes creates; null if the expression has another form.</summary>
    public static PathTemplate? OfString(IOperation value, out IReadOnlyList<PathPart> parts)
    {
        var all = new List<PathPart>();
        parts = all;
        value = WithoutConversions(value);
        if (value is ILocalReferenceOperation local)
        {
            if (LocalValue.Of(local) is not { } initial)
                return null;
            value = WithoutConversions(initial);
        }

        if (value.ConstantValue.HasValue || value is not (IInterpolatedStringOperation or IBinaryOperation { OperatorKind: BinaryOperatorKind.Add }))
            return null;

        AddString(value, all);
        return PathTemplate.Parse(all);
    }

    /// <summary>Returns the expression without the conversions around it that do not call code of users.</summary>
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

    private static bool AddHandler(IOperation content, List<PathPart> parts)
    {
        if (content is IInterpolatedStringAdditionOperation addition)
            return AddHandler(addition.Left, parts) && AddHandler(addition.Right, parts);
        if (content is not IInterpolatedStringOperation text)
            return false;

        foreach (IInterpolatedStringContentOperation part in text.Parts)
        {
            if (part is not IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { Arguments.IsEmpty: false } call })
                return false;

            IOperation value = call.Arguments[0].Value;
            if (call.TargetMethod.Name == "AppendFormatted")
                parts.Add(PathPart.OfHole(value, isFormatted: call.Arguments.Length > 1));
            else if (!AddConstant(value, parts))
                return false;
        }

        return true;
    }

    private static void AddString(IOperation value, List<PathPart> parts)
    {
        value = WithoutConversions(value);
        switch (value)
        {
            case { ConstantValue: { HasValue: true, Value: string text } }:
                parts.Add(PathPart.OfText(text));
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum:
                AddString(sum.LeftOperand, parts);
                AddString(sum.RightOperand, parts);
                break;
            case IInterpolatedStringOperation interpolated:
                foreach (IInterpolatedStringContentOperation part in interpolated.Parts)
                {
                    if (part is IInterpolatedStringTextOperation text)
                        AddString(text.Text, parts);
                    else if (part is IInterpolationOperation hole)
                        AddHole(WithoutConversions(hole.Expression), hole.FormatString is not null || hole.Alignment is not null, parts);
                }

                break;
            default:
                AddHole(value, isFormatted: false, parts);
                break;
        }
    }

    private static void AddHole(IOperation value, bool isFormatted, List<PathPart> parts)
    {
        if (!isFormatted && value.ConstantValue is { HasValue: true, Value: string text })
            parts.Add(PathPart.OfText(text));
        else
            parts.Add(PathPart.OfRawHole(value, isFormatted));
    }
}
